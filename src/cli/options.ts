import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'

/** Ends a command with a message that says what to do. */
export function fail(message: string): never {
  console.error(message)
  process.exit(1)
}

/**
 * Prints errors of the system, such as a file that cannot be written, as one sentence. Other errors show their stack.
 */
export function explainSystemErrors(): void {
  process.on('uncaughtException', (error) => {
    if ('syscall' in error) fail(`This machine refused: ${error.message}.`)
    console.error(error)
    process.exit(1)
  })
}

/** Reads a command's options. Ends the command with one sentence if they are wrong. */
export function readOptions<const Options extends ParseArgsOptionsConfig>(
  command: string,
  options: Options,
) {
  try {
    return parseOptions(command, { args: process.argv.slice(2), options }).values
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}

/** @throws {TypeError} whose message says what to type instead */
export function parseOptions<const Options extends ParseArgsOptionsConfig>(
  command: string,
  { args, options, takesNames = false }: { args: string[]; options: Options; takesNames?: boolean },
) {
  const { tokens } = parseArgs({
    args,
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const names = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []))
  const given = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []))
  const kept = Object.keys(options).filter(
    (name) => !given.includes(name) && npmVariable(name) !== undefined,
  )
  if (kept.some((name) => !OF_NPM.includes(name))) {
    const meant = kept.map((name) => asTyped(name, options, names))
    const words = takesNames
      ? names.filter((name) => !meant.some((one) => one.endsWith(` ${name}`)))
      : []
    throw new TypeError(
      `npm takes options before -- for itself. Type: ${asCommand(command, [...words, ...meant])}`,
    )
  }
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { name, rawName, value } = token
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (!option) throw new TypeError(`${command} has no option ${rawName}${only(options)}.`)
    if (option.type === 'string' && (value === undefined || value === '' || value.startsWith('-')))
      throw new TypeError(`${rawName} needs a value: ${asCommand(command, [exampleOf(name)])}`)
    if (option.type === 'boolean' && value !== undefined)
      throw new TypeError(`${rawName} takes no value.`)
  }
  const [surplus] = takesNames ? [] : names
  if (surplus !== undefined)
    throw new TypeError(
      `${command} cannot use "${surplus}". Options come after --${exampleAmong(command, options)}.`,
    )
  return parseArgs({ args, options, allowPositionals: takesNames })
}

/** Settings of npm itself, which may be set in its own files. */
const OF_NPM = ['json']

/** Some versions of npm leave the value in the variable, others among the names. */
function asTyped(name: string, options: ParseArgsOptionsConfig, names: string[]): string {
  if (options[name]?.type === 'boolean') return `--${name}`
  const value = [npmVariable(name), names.at(-1)].find((one) => one && one !== 'true')
  return value === undefined ? exampleOf(name) : `--${name} ${value}`
}

/** npm sets a variable for an option that it has taken, because it stood before `--`. */
function npmVariable(name: string): string | undefined {
  return process.env[`npm_config_${name.replaceAll('-', '_')}`]
}

function only(options: ParseArgsOptionsConfig): string {
  const names = Object.keys(options).map((name) => `--${name}`)
  return `; it has ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function exampleAmong(command: string, options: ParseArgsOptionsConfig): string {
  const [name] = Object.keys(options).filter((one) => one in examples)
  return name === undefined ? '' : `: ${asCommand(command, [exampleOf(name)])}`
}

/** The command as it must be typed, with `--` before its options. */
function asCommand(command: string, words: string[]): string {
  return [command, ...(command.includes(' -- ') ? [] : ['--']), ...words].join(' ')
}

const examples: Record<string, string> = {
  port: '9000',
  'persist-to': '~/latchkey-data',
  file: 'production.keys.env',
}

function exampleOf(name: string): string {
  return `--${name} ${examples[name] ?? name.toUpperCase()}`
}
