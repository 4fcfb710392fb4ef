const RANDOM_BITS = 45
const RANDOM_RANGE = 2 ** RANDOM_BITS

/**
 * Returns a new row id: an integer below 2^53 with the region's code in its upper 8 bits and 45 random bits. Ids are
 * unique across regions without a shared counter, and do not reveal how many rows there are. A clash within a region
 * violates the primary key and overwrites nothing.
 */
export function newId(regionCode: number): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  return idOfBits(regionCode, high, low)
}

/** The id that random bits make, however they came about: 13 of `high`, and the 32 of `low`. */
export function idOfBits(regionCode: number, high: number, low: number): number {
  return regionCode * RANDOM_RANGE + (high % 2 ** (RANDOM_BITS - 32)) * 2 ** 32 + low
}

/** The range of a region's ids. */
export function idsOfRegion(code: number): { from: number; count: number } {
  return { from: code * RANDOM_RANGE, count: RANDOM_RANGE }
}

/** The code of the region of a row. */
export function regionCodeOfId(id: number): number {
  return Math.floor(id / RANDOM_RANGE)
}
