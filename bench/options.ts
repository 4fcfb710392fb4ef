import { parseArgs } from 'node:util'

export interface Options {
  rounds: number
  milliseconds: number
  only: RegExp
  /** A commit whose build is measured beside this one, but for the hash; null for none. */
  beside: string | null
  /** Without what takes long besides the rounds: start-up, memory. */
  roundsOnly: boolean
  /** Where results are written; nothing is, unless everything was measured. */
  writes: boolean
}

/** The build before logins were made cheaper. */
const BEFORE = 'f13f604'

export const USAGE = `npm run bench -- [options]

  --rounds N         how often everything is measured (9)
  --slice MS         how long one subject is asked in a round, at each concurrency (1000)
  --only PATTERN     the subjects whose name has it; nothing is written then
  --beside REF       measures the build of that commit, too: the CPU of a login besides its hash (${BEFORE});
                     none: of no other
  --rounds-only      neither start-up nor memory nor costs; nothing is written then`

export function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '9' },
      slice: { type: 'string', default: '1000' },
      only: { type: 'string', default: '' },
      beside: { type: 'string', default: BEFORE },
      'rounds-only': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    process.exit(0)
  }
  return {
    rounds: Number(values.rounds),
    milliseconds: Number(values.slice),
    only: new RegExp(values.only),
    beside: values.beside === 'none' ? null : values.beside,
    roundsOnly: values['rounds-only'],
    writes: values.only === '' && !values['rounds-only'],
  }
}
