import { hmacSha256 } from '../crypto/digests.ts'
import { type Clock, MINUTE, SECOND } from '../storage/clock.ts'
import { withDeadline } from '../storage/deadline.ts'
import type { ExpiringMemory } from '../storage/expiring-memory.ts'
import { comparableName } from '../users/username.ts'
import { networkOf } from './ip-address.ts'
import { logFailure } from './log.ts'
import { Problem } from './problem.ts'
import { type Limiter, type RateLimitName, rateLimits } from './rate-limits.ts'

/** The period of every limiter: the binding does not say when a caller may call again. */
const PERIOD_MS = MINUTE
const DEADLINE_MS = SECOND

interface Counter {
  limiter: Limiter
  /** An HMAC of what is counted. */
  key: string
}

/**
 * Counts calls by Cloudflare's rate limiting bindings: near the client, approximately, and before anything expensive.
 */
export class CallerLimits {
  readonly #bindings: Record<Limiter, RateLimit>
  readonly #digestKey: CryptoKey
  readonly #refused: ExpiringMemory
  readonly #clock: Clock

  /** @param refused what this isolate has refused, until its period ends */
  constructor(
    bindings: Record<Limiter, RateLimit>,
    digestKey: CryptoKey,
    { refused, clock }: { refused: ExpiringMemory; clock: Clock },
  ) {
    this.#bindings = bindings
    this.#digestKey = digestKey
    this.#refused = refused
    this.#clock = clock
  }

  /**
   * Counts a call. No name is looked up, so known and unknown names are counted alike. A refused client is not counted
   * again until the period ends: clients wait and repeat, and their repetitions would keep them refused.
   * @throws {Problem} the limit's own, with Retry-After
   */
  async count(
    limit: RateLimitName,
    caller: { address: string | null; name: string | undefined },
  ): Promise<void> {
    const policy = rateLimits[limit]
    const network = caller.address === null ? 'no address' : networkOf(caller.address)
    const counters = [await this.#counterOf(policy.caller, [limit, network])]
    if (policy.callerAndName && caller.name !== undefined) {
      const parts = [limit, network, comparableName(caller.name)]
      counters.push(await this.#counterOf(policy.callerAndName, parts))
    }
    this.#refuseKnown(counters, policy.problem)
    const allowed = await Promise.all(counters.map((counter) => this.#allows(counter)))
    // A call that was counted within the limit passes, even if a later one has been refused meanwhile.
    this.#refuseKnown(
      counters.filter((_, nth) => !allowed[nth]),
      policy.problem,
    )
  }

  async #counterOf(limiter: Limiter, parts: string[]): Promise<Counter> {
    return { limiter, key: await hmacSha256(this.#digestKey, ['limit', ...parts].join('\u0000')) }
  }

  #refuseKnown(counters: Counter[], problem: Problem['type']): void {
    const now = this.#clock()
    for (const { limiter, key } of counters) {
      const refused = this.#refused.find(key, now)
      if (!refused) continue
      throw new Problem(problem, {
        reason: `over the limit of ${limiter}`,
        headers: { 'Retry-After': String(Math.ceil((refused.until - now) / SECOND)) },
      })
    }
  }

  /** Remembers a refusal. If a limiter fails, the call is allowed. The failures counted in D1 still lock a name out. */
  async #allows({ limiter, key }: Counter): Promise<boolean> {
    let isAllowed = true
    const count = async () => {
      const { success } = await withDeadline(this.#bindings[limiter].limit({ key }), DEADLINE_MS)
      isAllowed = success
      if (!success) this.#refused.add(key, { value: null, until: this.#clock() + PERIOD_MS })
    }
    await logFailure(count(), `limit by ${limiter}`)
    return isAllowed
  }
}
