import type { Strategy } from './strategy.ts'

type GroupRules = Pick<
  Strategy,
  | 'provisionGroupRequired'
  | 'provisionGroupInclusion'
  | 'provisionGroupExclusion'
  | 'provisionGroupDefault'
  | 'provisionSiteAdminGroups'
>

/** The groups that a provider named. A group that is missing counts as "not a member" only if the list is complete. */
export interface GroupClaims {
  names: string[]
  /** Whether the provider would have named every other group too. */
  isComplete: boolean
}

/**
 * Reads the `groups` claim: a list, or one group as text. The list is incomplete if the claim is missing, if the
 * provider says it has too many groups for a token (OpenID Connect Core §5.6.2, as Entra ID does), or if an entry is
 * not a name.
 */
export function groupClaims(claims: Record<string, unknown>): GroupClaims {
  const { groups, _claim_names: elsewhere, hasgroups } = claims
  const listed: unknown[] = Array.isArray(groups) ? groups : [groups]
  const names = listed.filter((group): group is string => typeof group === 'string' && group !== '')
  const isElsewhere =
    hasgroups !== undefined ||
    (typeof elsewhere === 'object' && elsewhere !== null && Object.hasOwn(elsewhere, 'groups'))
  return { names, isComplete: names.length === listed.length && !isElsewhere }
}

/** Merges two answers of a provider. The result is complete if either answer is. */
export function mergeGroupClaims(one: GroupClaims, other: GroupClaims): GroupClaims {
  return { names: [...one.names, ...other.names], isComplete: one.isComplete || other.isComplete }
}

export function needsGroups(rules: GroupRules): boolean {
  const { provisionGroupRequired, provisionGroupInclusion, provisionGroupExclusion } = rules
  return [
    provisionGroupRequired,
    provisionGroupInclusion,
    provisionGroupExclusion,
    rules.provisionSiteAdminGroups,
  ].some((rule) => listed(rule).length > 0)
}

/**
 * Whether the groups allow the login: if the strategy requires groups, the person must be in one of them. Null if the
 * provider did not say.
 */
export function isAllowedByGroups(rules: GroupRules, claims: GroupClaims): boolean | null {
  const required = listed(rules.provisionGroupRequired)
  return required.length === 0 || isInOneOf(required, claims)
}

/**
 * Returns at most `most` groups to store: those that match an inclusion pattern and no exclusion pattern (`*` matches
 * anything), and the default groups.
 */
export function keptGroups(rules: GroupRules, groups: string[], most: number): string[] {
  const included = listed(rules.provisionGroupInclusion)
  const excluded = listed(rules.provisionGroupExclusion)
  const kept = new Set<string>()
  for (const group of new Set(groups)) {
    if (kept.size === most) break
    const isIncluded = included.length === 0 || included.some((pattern) => fits(pattern, group))
    if (isIncluded && !excluded.some((pattern) => fits(pattern, group))) kept.add(group)
  }
  return [...new Set([...kept, ...listed(rules.provisionGroupDefault)])].slice(0, most)
}

/**
 * Whether the groups make a user a site admin. Null if the strategy does not decide that, or the provider did not
 * say; then the user keeps their role.
 */
export function isAdminByGroups(rules: GroupRules, claims: GroupClaims): boolean | null {
  return decidesAdmins(rules) ? isInOneOf(listed(rules.provisionSiteAdminGroups), claims) : null
}

export function decidesAdmins(rules: Pick<GroupRules, 'provisionSiteAdminGroups'>): boolean {
  return listed(rules.provisionSiteAdminGroups).length > 0
}

/** Null if the list is incomplete and names none of them: missing information never counts as "not a member". */
function isInOneOf(groups: string[], { names, isComplete: areAll }: GroupClaims): boolean | null {
  const isIn = groups.some((group) => names.includes(group))
  return isIn || (areAll ? false : null)
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** No regular expression: patterns come from a tenant, and groups from a provider. */
function fits(pattern: string, group: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return pattern === group
  if (!group.startsWith(first)) return false
  let from = first.length
  for (const part of rest) {
    const at = group.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return group.length - last.length >= from && group.endsWith(last)
}
