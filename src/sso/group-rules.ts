import type { Strategy } from './strategy.ts'

type GroupRules = Pick<
  Strategy,
  | 'provisionGroupRequired'
  | 'provisionGroupInclusion'
  | 'provisionGroupExclusion'
  | 'provisionGroupDefault'
  | 'provisionSiteAdminGroups'
>

/** What a provider says of somebody's groups. What is not among them is a no only where they are all. */
export interface GroupClaims {
  names: string[]
  /** Whether whoever is in another one would have been told so. */
  isComplete: boolean
}

/**
 * The groups that a provider's claims name: a list, or a single one as a text. They are not all where there is no
 * claim, where one says that they are too many for a token (OpenID Connect Core §5.6.2, as Entra ID does), or
 * where something in it is no name.
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

/** What two answers say together; what either says in full is all. */
export function mergeGroupClaims(one: GroupClaims, other: GroupClaims): GroupClaims {
  return { names: [...one.names, ...other.names], isComplete: one.isComplete || other.isComplete }
}

/** Whether a rule of a strategy depends on the groups of who comes. */
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
 * Whether somebody in these groups may come in: in one of those required, where there are any. Null where that
 * was not told.
 */
export function isAllowedByGroups(rules: GroupRules, told: GroupClaims): boolean | null {
  const required = listed(rules.provisionGroupRequired)
  return required.length === 0 || isInOneOf(required, told)
}

/**
 * The groups that are kept of somebody, `most` of them: those included and not excluded, by patterns with `*`, and
 * the default ones.
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
 * Whether somebody in these groups is a site admin. Null where the strategy does not decide that, or it was not
 * told: then it stays as it is.
 */
export function isAdminByGroups(rules: GroupRules, told: GroupClaims): boolean | null {
  return decidesAdmins(rules) ? isInOneOf(listed(rules.provisionSiteAdminGroups), told) : null
}

/** Whether a strategy decides by groups who is a site admin. */
export function decidesAdmins(rules: Pick<GroupRules, 'provisionSiteAdminGroups'>): boolean {
  return listed(rules.provisionSiteAdminGroups).length > 0
}

/** Null where it may be in one of them though that was not told: not told is never a no. */
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

/** Without a regular expression: patterns are a tenant's, and groups a provider's. */
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
