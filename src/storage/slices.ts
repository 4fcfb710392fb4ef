import { and, gte, lt, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { DAY, MINUTE } from './clock.ts'
import { idsOfRegion } from './ids.ts'

/** A range of keys, including the first and excluding the last. */
export interface Slice<Key> {
  from: Key
  before: Key
}

export const everyId: Slice<number> = { from: 0, before: Number.MAX_SAFE_INTEGER }
/** Digests are base64url, and `~` sorts after all of them. */
export const everyDigest: Slice<string> = { from: '', before: '~' }

/** Whether a row's key is in a slice. */
export function isIn<Key>(key: SQLiteColumn, { from, before }: Slice<Key>): SQL | undefined {
  return and(gte(key, from), lt(key, before))
}

/** The characters of base64url in sorting order. */
const DIGITS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
const PREFIXES = DIGITS.length ** 2

/**
 * The ids of a region to sweep in this minute. A sweep covers all ids once in `period` and needs no index of ages,
 * which every insert and delete would have to write.
 */
export function idsOfMinute(regionCode: number, at: number, period = DAY): Slice<number> {
  return numbersOfMinute(idsOfRegion(regionCode), at, period)
}

/** The same for keys that are evenly spread numbers. */
export function numbersOfMinute(
  { from, count }: { from: number; count: number },
  at: number,
  period: number,
): Slice<number> {
  const [first, last] = shareOfMinute(at, period)
  return { from: from + Math.floor(count * first), before: from + Math.floor(count * last) }
}

/** The same for digests, once a day. */
export function digestsOfMinute(at: number): Slice<string> {
  const [from, before] = shareOfMinute(at, DAY).map((share) => Math.floor(PREFIXES * share))
  return { from: prefix(from), before: before === PREFIXES ? everyDigest.before : prefix(before) }
}

/** The part of the whole, from 0 to 1, that a minute covers. */
function shareOfMinute(at: number, period: number): [number, number] {
  const minutes = period / MINUTE
  const minute = Math.floor(at / MINUTE) % minutes
  return [minute / minutes, (minute + 1) / minutes]
}

function prefix(nth = 0): string {
  const high = DIGITS[Math.floor(nth / DIGITS.length)]
  return nth === 0 ? everyDigest.from : `${high}${DIGITS[nth % DIGITS.length]}`
}
