/** One round trip to a store, counted at its binding. */
interface RoundTrip {
  /** The store and how it was read, such as `d1-us-east-1-nearest`. */
  store: string
  milliseconds: number
}

/** Counts the round trips of one request, and can refuse them. */
export class RoundTripMeter {
  readonly trips: RoundTrip[] = []
  #check: () => Promise<void> = async () => undefined
  #permission: Promise<void> | undefined

  /** Runs a check once before the first round trip. If it throws, every round trip is refused. */
  checkFirst(check: () => Promise<void>): void {
    this.#check = check
  }

  /** Permits a round trip. @throws what the check throws */
  permitVisit(): Promise<void> {
    this.#permission ??= this.#check()
    return this.#permission
  }

  /** Counts `visit` as one round trip, whether it succeeds or not. */
  async count<T>(store: string, visit: () => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    try {
      return await visit()
    } finally {
      this.trips.push({ store, milliseconds: performance.now() - startedAt })
    }
  }

  /** Returns the round trips as a Server-Timing header. */
  serverTiming(): string {
    return this.trips
      .map(({ store, milliseconds }) => `${store};dur=${milliseconds.toFixed(1)}`)
      .join(', ')
  }
}
