import type { Cost } from './costs.ts'
import type { Measured } from './load.ts'
import { VISITS } from './ours.ts'
import type { Weight } from './runtime.ts'
import { ratios, type Spread, spread } from './statistics.ts'

/** One line of the table of bars. */
export interface Verdict {
  name: string
  bar: string
  /** What it was, where calls a second tell it as well. */
  throughput: string
  /** What it was, by CPU or as counted. */
  is: string
  /** Whether each of the two holds; a bar by CPU alone leaves the other out. */
  holds: { throughput: boolean | null; is: boolean }
}

/** How many times the throughput of another subject one has, at the least: by the CPU that both take in one run, too. */
interface Ratio {
  subject: string
  of: string
  /** By concurrency. */
  least: Record<number, number>
}

const RATIOS: Ratio[] = [
  { subject: 'login', of: 'bare Argon2id', least: { 1: 0.8, 8: 0.88 } },
  { subject: 'login', of: 'better-auth: sign in', least: { 1: 2.2, 8: 1.8 } },
  { subject: 'use by session string', of: 'one D1 read by key', least: { 1: 0.85, 8: 0.85 } },
  { subject: 'use by session string', of: 'better-auth: get session', least: { 1: 2, 8: 2 } },
  { subject: 'logout', of: 'better-auth: sign out', least: { 1: 5, 8: 5 } },
  { subject: 'login', of: VISITS.login, least: { 1: 0.9, 8: 0.9 } },
  { subject: 'use by session string', of: VISITS.use, least: { 1: 0.85, 8: 0.85 } },
  { subject: 'logout', of: VISITS.logout, least: { 1: 0.85, 8: 0.85 } },
]

/** The CPU of a login besides its hash, beside another build's. */
export const LEAST_HASH = 'login, hash at its least'
const MOST_BESIDE: Record<number, number> = { 1: 0.7, 8: 0.6 }

/** What one call may ask of the stores. */
const MOST_ROWS_WRITTEN = { 'use by session string': 0, login: 4, 'wrong password': 3, forgot: 6 }
const MOST_DOLLARS = { 'login at a site’s host': 4.6 }
const MOST_SQL_BYTES = { login: 3_000 }

/** KiB gzip. */
const MOST_WEIGHT: Weight = { atStart: 350, all: 480 }
const MOST_START_UP = 2

/** Judges by the median of the rounds' ratios; bars whose subjects were not measured are left out. */
export function judgeRatios(measured: Measured): Verdict[] {
  return RATIOS.flatMap(({ subject, of, least }) =>
    Object.entries(least).flatMap(([concurrency, bound]) => {
      const found = ratiosOf(measured, { subject, of, concurrency: Number(concurrency) })
      if (!found) return []
      const { throughput, cpu } = found
      return [
        {
          name: `${subject} / ${of}, ${concurrency} at a time`,
          bar: `at least ${bound}`,
          throughput: spreadText(throughput),
          is: spreadText(cpu),
          holds: { throughput: throughput.median >= bound, is: cpu.median >= bound },
        },
      ]
    }),
  )
}

/** What no service could exceed that asks D1 the same, whatever else it did: by CPU in the same run. */
const CEILINGS: { subject: string; of: string }[] = [
  { subject: VISITS.loginWithoutHash, of: LEAST_HASH },
  { subject: VISITS.login, of: 'bare Argon2id' },
  { subject: VISITS.login, of: 'better-auth: sign in' },
  { subject: VISITS.use, of: 'one D1 read by key' },
  { subject: VISITS.use, of: 'better-auth: get session' },
  { subject: VISITS.logout, of: 'better-auth: sign out' },
]

export function ceilings(measured: Measured): string[] {
  return CEILINGS.flatMap((ratio) => {
    const found = [1, 8].flatMap((concurrency) => {
      const cpu = ratiosOf(measured, { ...ratio, concurrency })?.cpu
      return cpu ? [`${spreadText(cpu)} with ${concurrency} at a time`] : []
    })
    return found.length === 0 ? [] : [`- ${ratio.subject} / ${ratio.of}: ${found.join(', ')}`]
  })
}

/** @param ref the commit of the other build */
export function judgeBeside(measured: Measured, ref: string): Verdict[] {
  return Object.entries(MOST_BESIDE).flatMap(([concurrency, bound]) => {
    const found = ratiosOf(measured, {
      subject: besideName(ref),
      of: LEAST_HASH,
      concurrency: Number(concurrency),
    })
    if (!found) return []
    const { cpu } = found
    return [
      {
        name: `CPU of a login besides the hash / that of ${ref}, ${concurrency} at a time`,
        bar: `at most ${bound}`,
        throughput: '',
        is: spreadText(cpu),
        holds: { throughput: null, is: cpu.median <= bound },
      },
    ]
  })
}

export function besideName(ref: string): string {
  return `${LEAST_HASH}, ${ref}`
}

export function judgeCosts(costs: Record<string, Cost>): Verdict[] {
  return [
    ...most('rows written', MOST_ROWS_WRITTEN, (name) => costs[name]?.rowsWritten),
    ...most('D1 and KV, $ a million', MOST_DOLLARS, (name) => costs[name]?.price),
    ...most(
      'bytes of SQL in its largest batch',
      MOST_SQL_BYTES,
      (name) => costs[name]?.batch.bytes,
    ),
  ]
}

export function judgeStart(weight: Weight, startUpCpu: Spread): Verdict[] {
  return [
    ...most(
      'KiB gzip',
      { 'modules evaluated at the start': MOST_WEIGHT.atStart },
      () => weight.atStart,
    ),
    ...most('KiB gzip', { 'all modules uploaded': MOST_WEIGHT.all }, () => weight.all),
    {
      name: 'CPU from the start to the first reply / that of an empty Worker with the same bindings',
      bar: `at most ${MOST_START_UP}`,
      throughput: '',
      is: spreadText(startUpCpu),
      holds: { throughput: null, is: startUpCpu.median <= MOST_START_UP },
    },
  ]
}

function most(
  what: string,
  bounds: Record<string, number>,
  read: (name: string) => number | undefined,
): Verdict[] {
  return Object.entries(bounds).flatMap(([name, bound]) => {
    const value = read(name)
    if (value === undefined) return []
    return [
      {
        name: `${name}: ${what}`,
        bar: `at most ${bound}`,
        throughput: '',
        is: Number.isInteger(value) ? String(value) : short(value),
        holds: { throughput: null, is: value <= bound },
      },
    ]
  })
}

/** Of calls a second, and of CPU for a call: each in the same round. */
function ratiosOf(
  measured: Measured,
  { subject, of, concurrency }: { subject: string; of: string; concurrency: number },
): { throughput: Spread; cpu: Spread } | null {
  const [ours, theirs] = [measured[subject]?.[concurrency], measured[of]?.[concurrency]]
  if (!ours || !theirs) return null
  return {
    throughput: spread(
      ratios(
        ours.map((slice) => slice.callsPerSecond),
        theirs.map((slice) => slice.callsPerSecond),
      ),
    ),
    cpu: spread(
      ratios(
        theirs.map((slice) => slice.cpu),
        ours.map((slice) => slice.cpu),
      ),
    ),
  }
}

export function spreadText({ min, median, max }: Spread): string {
  return `${short(median)} (${short(min)} – ${short(max)})`
}

export function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
