// npm run admin -- user create jane --site mysite
import { stdout } from 'node:process'
import type { ParseArgsOptionsConfig } from 'node:util'
import { rootMessage } from '../http/log.ts'
import { type Command, commands } from './admin/commands.ts'
import { Refusal } from './admin/operator-api.ts'
import { readNewPassword } from './admin/secret-input.ts'
import { openTarget, type TargetOptions } from './admin/target.ts'
import { usage, usageOf } from './admin/usage.ts'
import { fail, tellSystemErrors } from './fail.ts'
import { StartError } from './local-server.ts'
import { parseOptions } from './options.ts'

const everywhere = {
  remote: { type: 'boolean' },
  origin: { type: 'string' },
  'persist-to': { type: 'string' },
  regions: { type: 'boolean' },
  json: { type: 'boolean' },
} satisfies ParseArgsOptionsConfig

tellSystemErrors()
const [thing = '', verb = '', ...rest] = process.argv.slice(2)
if (['', 'help', '--help', '-h'].includes(thing)) console.log(usage())
else await obey(`${thing} ${verb}`, rest)

async function obey(words: string, rest: string[]): Promise<void> {
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
  const problem = await command
    .run({ api, name, password, values, json: values.json === true })
    .catch((error: unknown) => error)
  await close()
  if (problem instanceof Refusal) fail(problem.message)
  if (problem) throw problem
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
