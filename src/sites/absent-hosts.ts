import { type Clock, SECOND } from '../storage/clock.ts'

/** The longest time until this isolate notices that an unknown host belongs to a site. */
const REMEMBERED_MS = 30 * SECOND
/** A limit, so that made-up names do not fill an isolate. */
const MOST_REMEMBERED = 1_000

/**
 * Hosts that belong to no site, as one isolate found out. Finding out costs a read of every region's primary, and
 * anybody can ask for more names. Not used if KV knows a host's site.
 */
export class AbsentHosts {
  /** By age, each with the time until which it is valid. */
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
