import { Problem } from '../../http/problem.ts'
import type { Outbox } from '../../notifications/outbox.ts'
import type { Waiting } from '../../notifications/work-outbox.ts'
import type { HostScope } from '../../sites/site.ts'
import type { SiteHosts } from '../../sites/site-hosts.ts'
import type { Clock } from '../../storage/clock.ts'
import type { Region } from '../../storage/region.ts'
import type { UsernameDirectory } from '../../storage/username-directory.ts'
import { formerName, nameKeys } from '../../users/username.ts'
import type { ResetLedger } from './reset-ledger.ts'

export interface RequestResetNeeds {
  clock: Clock
  scope: HostScope
  directory: UsernameDirectory
  siteHosts: SiteHosts
  outboxIn: (region: Region) => Outbox
  resetsIn: (region: Region) => ResetLedger
  /** Does tasks once the reply is out. */
  workAfterReply: (waiting: Waiting[]) => void
}

export interface ResetRequest {
  by: 'username' | 'email' | 'either'
  name: string
  /** The caller's, for users and sites that have none of their own. */
  language: string
}

/**
 * Takes in the wish for a reset. Known user or not, that is one sealed task; what it leads to happens
 * after the reply.
 * @throws {Problem} no-account-for-site; contact-admin-for-password-change-help, by the host's site alone
 */
export async function requestReset(
  needs: RequestResetNeeds,
  { by, name, language }: ResetRequest,
): Promise<void> {
  const key = formerName(name)
  const home = needs.scope.kind === 'any' ? null : await needs.siteHosts.homeOf(needs.scope)
  if (needs.scope.kind !== 'any' && !home)
    throw new Problem('site-configuration/no-account-for-site')
  const region = home?.region ?? (await needs.directory.regionOf(nameKeys(key), 'nearest'))
  const siteId = home?.siteId ?? null
  const outbox = needs.outboxIn(region)
  const task = await outbox.prepare('reset-request', { by, key, siteId, language }, needs.clock())
  if (!(await needs.resetsIn(region).takeIn(task, siteId)))
    throw new Problem('not-authorized/contact-admin-for-password-change-help')
  needs.workAfterReply([{ outbox, task }])
}
