const RANDOM_BITS = 45
const RANDOM_RANGE = 2 ** RANDOM_BITS

/**
 * A new row id: an integer below 2^53 whose upper 8 bits are the region's code and whose lower 45
 * are random. Unique across regions with no counter that they would have to share, and it tells
 * nobody how many rows there are. A clash inside one region breaks the primary key, never a row.
 */
export function newId(regionCode: number): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  return regionCode * RANDOM_RANGE + (high % 2 ** (RANDOM_BITS - 32)) * 2 ** 32 + low
}

/** The ids that the rows of a region can have. */
export function idsOfRegion(code: number): { from: number; count: number } {
  return { from: code * RANDOM_RANGE, count: RANDOM_RANGE }
}

/** The code of the region in which the row with this id lives. */
export function regionCodeOfId(id: number): number {
  return Math.floor(id / RANDOM_RANGE)
}
