/** What one isolate remembers until a time each. Bounded, since anybody can make up more. */
export class ExpiringMemory {
  readonly #most: number
  /** In the order in which they were remembered, in milliseconds since the Unix epoch. */
  readonly #until = new Map<string, number>()

  constructor(most: number) {
    this.#most = most
  }

  /** Until when a key is remembered; null where it is not, or no longer. */
  until(key: string, now: number): number | null {
    const until = this.#until.get(key)
    return until !== undefined && until > now ? until : null
  }

  add(key: string, until: number): void {
    this.#until.delete(key)
    this.#until.set(key, until)
    const [oldest] = this.#until.keys()
    if (this.#until.size > this.#most && oldest !== undefined) this.#until.delete(oldest)
  }

  delete(key: string): void {
    this.#until.delete(key)
  }
}
