import { and, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { DAY, MINUTE } from './clock.ts'
import { idsOfRegion } from './ids.ts'
import type { ReplicatedDatabase } from './regional-database.ts'

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

/** The most rows that one sweep of the oldest reads: as many as the cron deletes from a table in a minute. */
const OLDEST = 20_000

/**
 * Whether a row is among the oldest of its table, from the first whose time is before `before`. For tables in which
 * almost all rows live for minutes: rowids ascend, so the rows that expire first are found without an index, also
 * behind rows that live for a day.
 */
export function isAmongOldest(at: SQLiteColumn, before: number): SQL {
  return sql`rowid < (SELECT min(rowid) FROM ${at.table} WHERE ${lt(at, before)}) + ${OLDEST}`
}

/** The rows of a table that are deleted when they are old. */
export interface SweptRows {
  /** The columns that identify a row. */
  key: [SQLiteColumn, ...SQLiteColumn[]]
  /** The time that makes a row old. */
  at: SQLiteColumn
  /** Only these rows, such as a slice, so that no index of ages is needed. */
  where?: SQL | undefined
}

/** Deletes up to `limit` rows from before `before`, and returns how many. */
export async function sweepRows(
  database: ReplicatedDatabase,
  { key, at, where }: SweptRows,
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  const [{ table }] = key
  const columns = sql.join(key, sql`, `)
  const old = sql`SELECT ${columns} FROM ${table} WHERE ${and(where, lt(at, before))} LIMIT ${limit}`
  const swept = await database.primary
    .delete(table)
    .where(sql`(${columns}) IN (${old})`)
    .returning({ key: key[0] })
  return swept.length
}
