import { stdout } from 'node:process'
import type { ParseArgsOptionsConfig } from 'node:util'
import { rootMessage } from '../http/log.ts'
import { type Command, commands, type Order } from './admin/commands.ts'
import { Refusal } from './admin/operator-api.ts'
import { printResult } from './admin/output.ts'
import { readNewPassword } from './admin/secret-input.ts'
import { openTarget, type TargetOptions } from './admin/target.ts'
import { StartError } from './local-server.ts'
import { explainSystemErrors, fail, parseOptions } from './options.ts'

// npm run admin -- user create jane --site mysite

const everywhere = {
  remote: { type: 'boolean' },
  origin: { type: 'string' },
  'persist-to': { type: 'string' },
  regions: { type: 'boolean' },
  json: { type: 'boolean' },
} satisfies ParseArgsOptionsConfig

explainSystemErrors()
const [thing = '', verb = '', ...rest] = process.argv.slice(2)
if (['', 'help', '--help', '-h'].includes(thing)) console.log(usage())
else await runCommand(`${thing} ${verb}`, rest)

async function runCommand(words: string, rest: string[]): Promise<void> {
  const command = Object.hasOwn(commands, words) ? commands[words] : undefined
  if (!command)
    return fail(`There is no command "${words.trim()}". To see all: npm run admin -- help`)
  const { name, values } = readArguments(words, command, rest)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => process.exit(130))
  stdout.on('error', () => process.exit(1))
  const password = command.setsPassword && !('invite' in values) ? await readNewPassword() : ''
  const { api, close } = await openTarget(values as TargetOptions).catch((error: unknown) => {
    if (error instanceof StartError) fail(error.message)
    return fail(`The local service cannot start: ${rootMessage(error)}.`)
  })
  const order = { api, name, password, values, json: values.json === true }
  const problem = await carryOut(command, order).catch((error: unknown) => error)
  await close()
  if (problem instanceof Refusal) fail(problem.message)
  if (problem) throw problem
}

async function carryOut(command: Command, order: Order): Promise<void> {
  await printResult(await command.run(order), order.json)
}

function readArguments(words: string, command: Command, args: string[]) {
  const { argument, required = [] } = command
  const options = { ...everywhere, ...command.options }
  try {
    const { values, positionals } = parseOptions(`npm run admin -- ${words}`, {
      args,
      options,
      takesNames: true,
    })
    const [name = '', ...more] = positionals
    if (more.length > 0 || (name === '') !== (argument === undefined))
      throw new TypeError(argument ? `Name one ${argument}.` : 'It takes no name.')
    for (const option of required)
      if (!(option in values)) throw new TypeError(`It needs --${option}.`)
    return { name, values }
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n\n${usageOf(words, command)}`)
  }
}

function usage(): string {
  const list = Object.entries(commands).map(([words, command]) => usageOf(words, command))
  return `npm run admin -- COMMAND [OPTIONS]

${list.join('\n')}

Every command takes:
  --persist-to DIR  the data folder of the local service (default: .wrangler/state). The command uses
                    the service that runs on it, on any port. If none is running, it starts one
                    while it works
  --regions         start that service with three regions
  --origin URL      the address of another service
  --remote          the service in production, at GLOBAL_ORIGIN of wrangler.toml's production
                    environment or at --origin. The token is read from the variable
                    LATCHKEY_OPERATOR_TOKEN, or the command asks for it
  --json            print JSON for programs: npm run --silent admin -- site list --json

Commands ask for a password, or read it as one line from standard input, never from an argument.`
}

function usageOf(words: string, { argument, summary, options, required }: Command): string {
  const taken = Object.entries(options ?? {}).map(([name, { type }]) => {
    const option = type === 'string' ? `--${name} ${name.toUpperCase()}` : `--${name}`
    return required?.includes(name) ? option : `[${option}]`
  })
  return `  ${[words, ...(argument ? [argument] : []), ...taken].join(' ')}\n      ${summary}`
}
