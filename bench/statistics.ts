export interface Spread {
  min: number
  median: number
  max: number
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  return Number.isInteger(middle) ? (upper + (sorted[middle - 1] ?? Number.NaN)) / 2 : upper
}

export function spread(values: number[]): Spread {
  return { min: Math.min(...values), median: median(values), max: Math.max(...values) }
}

/** The ratios of two series, round by round. */
export function ratios(numerators: number[], denominators: number[]): number[] {
  return numerators.map((value, round) => value / (denominators[round] ?? Number.NaN))
}
