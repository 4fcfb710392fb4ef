import type { ssoStrategies } from './tables.ts'

export type Strategy = typeof ssoStrategies.$inferSelect

/** What an admin decides of a strategy; the secret is sealed. */
export type StrategySettings = Omit<
  Strategy,
  'id' | 'siteId' | 'createdAt' | 'originConfirmed' | 'testedOriginName' | 'originTestedAt'
>

/** To what the client secret of a strategy is sealed. */
export function secretOwner({ id }: Pick<Strategy, 'id'>): string {
  return `sso-strategy:${id}`
}
