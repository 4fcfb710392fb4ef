/** One visit to a store, as counted at its binding. */
export interface RoundTrip {
  /** Which store and how it was asked, such as `d1-us-east-1-nearest`. */
  store: string
  milliseconds: number
}

/** Counts the visits to storage that one request makes, and may refuse them. */
export class RoundTripMeter {
  readonly trips: RoundTrip[] = []
  #askedFirst: () => Promise<void> = async () => undefined
  #permission: Promise<void> | undefined

  /** Has something asked once, before the first visit; what it throws refuses every visit. */
  askFirst(asked: () => Promise<void>): void {
    this.#askedFirst = asked
  }

  /** Whether a visit may be made. @throws what was asked first throws */
  permitVisit(): Promise<void> {
    this.#permission ??= this.#askedFirst()
    return this.#permission
  }

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
