import { DAY, MINUTE } from './clock.ts'
import { idsOfRegion } from './ids.ts'

/** Keys from one on, up to another that is not among them. */
export interface Slice<Key> {
  from: Key
  before: Key
}

export const everyId: Slice<number> = { from: 0, before: Number.MAX_SAFE_INTEGER }
/** Digests are base64url: `~` comes after all of them. */
export const everyDigest: Slice<string> = { from: '', before: '~' }

/** The characters of base64url in the order in which they are compared. */
const DIGITS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
const PREFIXES = DIGITS.length ** 2

/**
 * The ids of a region whose turn it is in this minute. A sweep goes through all of them once in `period`: it needs no
 * index of ages, which every insertion and deletion would write to.
 */
export function idsOfMinute(regionCode: number, at: number, period = DAY): Slice<number> {
  const { from, count } = idsOfRegion(regionCode)
  const [first, last] = shareOfMinute(at, period)
  return { from: from + Math.floor(count * first), before: from + Math.floor(count * last) }
}

/** The same for digests, once a day. */
export function digestsOfMinute(at: number): Slice<string> {
  const [from, before] = shareOfMinute(at, DAY).map((share) => Math.floor(PREFIXES * share))
  return { from: prefix(from), before: before === PREFIXES ? everyDigest.before : prefix(before) }
}

/** Where the share of a minute begins and ends, of 1 in all. */
function shareOfMinute(at: number, period: number): [number, number] {
  const minutes = period / MINUTE
  const minute = Math.floor(at / MINUTE) % minutes
  return [minute / minutes, (minute + 1) / minutes]
}

function prefix(nth = 0): string {
  const high = DIGITS[Math.floor(nth / DIGITS.length)]
  return nth === 0 ? everyDigest.from : `${high}${DIGITS[nth % DIGITS.length]}`
}
