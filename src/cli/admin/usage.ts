import { type Command, commands } from './commands.ts'

/** The usage of all commands. */
export function usage(): string {
  const list = Object.entries(commands).map(([words, command]) => usageOf(words, command))
  return `npm run admin -- COMMAND [OPTIONS]

${list.join('\n')}

Every command takes:
  --persist-to DIR  the data folder of the local service; .wrangler/state unless given. The service
                    that runs on it is used, on whatever port. Where none runs, one is started
                    for as long as the command takes
  --regions         start that one with its three regions
  --origin URL      the address of another service
  --remote          the service in production: at GLOBAL_ORIGIN of wrangler.toml's production
                    environment, or at --origin. Its token is read from the variable
                    LATCHKEY_OPERATOR_TOKEN, or asked for
  --json            JSON for programs: npm run --silent admin -- site list --json

A password is asked for, or read as one line from standard input; never from an argument.`
}

/** The usage of one command. */
export function usageOf(words: string, { argument, summary, options, required }: Command): string {
  const taken = Object.entries(options ?? {}).map(([name, { type }]) => {
    const option = type === 'string' ? `--${name} ${name.toUpperCase()}` : `--${name}`
    return required?.includes(name) ? option : `[${option}]`
  })
  return `  ${[words, ...(argument ? [argument] : []), ...taken].join(' ')}\n      ${summary}`
}
