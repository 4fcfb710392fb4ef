/** One visit to a store, as counted at its binding. */
export interface Trip {
  /** Which store and how it was asked, such as `d1-us-east-1-nearest`. */
  store: string
  milliseconds: number
}

/** Counts the visits to storage that one request makes. */
export class TripMeter {
  readonly trips: Trip[] = []

  /** Counts what `visit` does as one trip, whether it succeeds or not. */
  async count<T>(store: string, visit: () => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    try {
      return await visit()
    } finally {
      this.trips.push({ store, milliseconds: performance.now() - startedAt })
    }
  }

  /** The trips in the form of a Server-Timing header. */
  serverTiming(): string {
    return this.trips
      .map(({ store, milliseconds }) => `${store};dur=${milliseconds.toFixed(1)}`)
      .join(', ')
  }
}
