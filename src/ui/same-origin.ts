import { Problem } from '../platform/problem.ts'
import type { RequestFacts } from '../platform/request-facts.ts'

/** A form counts when it comes from a page of this very host. @throws {Problem} cross-site-request */
export function refuseOtherSites({ isSameOrigin }: RequestFacts): void {
  if (!isSameOrigin) throw new Problem('not-authorized/cross-site-request')
}
