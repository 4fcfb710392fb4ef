import type { Strategy } from './strategy.ts'

type GroupRules = Pick<
  Strategy,
  | 'provisionGroupRequired'
  | 'provisionGroupInclusion'
  | 'provisionGroupExclusion'
  | 'provisionGroupDefault'
  | 'provisionSiteAdminGroups'
>

/** Whether somebody in these groups may come in: in one of those required, where there are any. */
export function mayComeIn(rules: GroupRules, groups: string[]): boolean {
  const required = listed(rules.provisionGroupRequired)
  return required.length === 0 || required.some((group) => groups.includes(group))
}

/** The groups that are kept of somebody: those included and not excluded, by patterns with `*`, and the default ones. */
export function keptGroups(rules: GroupRules, groups: string[]): string[] {
  const included = listed(rules.provisionGroupInclusion)
  const excluded = listed(rules.provisionGroupExclusion)
  const kept = groups.filter(
    (group) =>
      (included.length === 0 || included.some((pattern) => fits(pattern, group))) &&
      !excluded.some((pattern) => fits(pattern, group)),
  )
  return [...new Set([...kept, ...listed(rules.provisionGroupDefault)])]
}

/** Whether somebody in these groups is a site admin; null where the strategy does not decide that. */
export function isAdminByGroups(rules: GroupRules, groups: string[]): boolean | null {
  const admins = listed(rules.provisionSiteAdminGroups)
  return admins.length === 0 ? null : admins.some((group) => groups.includes(group))
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
