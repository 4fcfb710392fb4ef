import { hmacSha256 } from '../crypto/digests.ts'
import { SECOND } from '../storage/clock.ts'
import { withDeadline } from '../storage/deadline.ts'
import { comparableName } from '../users/username.ts'
import { networkOf } from './ip-address.ts'
import { logFailure } from './log.ts'
import { Problem } from './problem.ts'
import { type Limiter, type RateLimitName, rateLimits } from './rate-limits.ts'

/** The period of every limiter: the binding does not tell when a caller may call again. */
const PERIOD_SECONDS = 60
const DEADLINE_MS = SECOND

/**
 * Counts calls by Cloudflare's rate limiting bindings: near the client, approximately, and before anything expensive.
 */
export class CallerLimits {
  readonly #bindings: Record<Limiter, RateLimit>
  readonly #digestKey: CryptoKey

  constructor(bindings: Record<Limiter, RateLimit>, digestKey: CryptoKey) {
    this.#bindings = bindings
    this.#digestKey = digestKey
  }

  /**
   * Counts a call. No name is looked up, so known and unknown names are counted alike.
   * @throws {Problem} the limit's own, with Retry-After
   */
  async count(
    limit: RateLimitName,
    caller: { address: string | null; name: string | undefined },
  ): Promise<void> {
    const policy = rateLimits[limit]
    const network = caller.address === null ? 'no address' : networkOf(caller.address)
    const counted: [Limiter, string[]][] = [[policy.caller, [limit, network]]]
    if (policy.callerAndName && caller.name !== undefined)
      counted.push([policy.callerAndName, [limit, network, comparableName(caller.name)]])
    const verdicts = await Promise.all(counted.map(([limiter, key]) => this.#allows(limiter, key)))
    const refusing = counted.find((_, nth) => verdicts[nth] === false)
    if (refusing)
      throw new Problem(policy.problem, {
        reason: `over the limit of ${refusing[0]}`,
        headers: { 'Retry-After': String(PERIOD_SECONDS) },
      })
  }

  /** If a limiter fails, the call is allowed. The failures counted in D1 still lock a name out. */
  async #allows(limiter: Limiter, parts: string[]): Promise<boolean> {
    let success = true
    const key = await hmacSha256(this.#digestKey, ['limit', ...parts].join('\u0000'))
    const asked = async () => {
      const outcome = await withDeadline(this.#bindings[limiter].limit({ key }), DEADLINE_MS)
      success = outcome.success
    }
    await logFailure(asked(), `limit by ${limiter}`)
    return success
  }
}
