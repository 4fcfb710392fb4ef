import { type Clock, SECOND } from '../storage/clock.ts'

/** How long a host stays nobody's here after a site has got it elsewhere. */
const REMEMBERED_MS = 30 * SECOND
/** Whoever makes names up fills no isolate. */
const MOST_REMEMBERED = 1_000

/**
 * Hosts that are nobody's, as one isolate found out: each costs a read of every region's primary, and
 * anybody can ask for another. Where KV knows a host's site, this is not asked.
 */
export class AbsentHosts {
  /** In the order in which they were found out, with the time until which each is believed. */
  readonly #until = new Map<string, number>()

  has(host: string, clock: Clock): boolean {
    return (this.#until.get(host) ?? 0) > clock()
  }

  add(host: string, clock: Clock): void {
    this.#until.delete(host)
    this.#until.set(host, clock() + REMEMBERED_MS)
    const [oldest] = this.#until.keys()
    if (this.#until.size > MOST_REMEMBERED && oldest !== undefined) this.#until.delete(oldest)
  }

  delete(host: string): void {
    this.#until.delete(host)
  }
}
