interface Remembered<Value> {
  value: Value
  /** Milliseconds since the Unix epoch. */
  until: number
}

/** What one isolate remembers until a time each. Bounded, since anybody can make up more keys. */
export class ExpiringMemory<Value = null> {
  readonly #most: number
  /** By age. */
  readonly #known = new Map<string, Remembered<Value>>()

  constructor(most: number) {
    this.#most = most
  }

  find(key: string, now: number): Remembered<Value> | null {
    const known = this.#known.get(key)
    return known && known.until > now ? known : null
  }

  add(key: string, remembered: Remembered<Value>): void {
    this.#known.delete(key)
    this.#known.set(key, remembered)
    const [oldest] = this.#known.keys()
    if (this.#known.size > this.#most && oldest !== undefined) this.#known.delete(oldest)
  }

  delete(key: string): void {
    this.#known.delete(key)
  }

  clear(): void {
    this.#known.clear()
  }
}
