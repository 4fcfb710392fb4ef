/** The pages in the navigation of admins, and their paths. */
export const places = {
  users: '/admin/users',
  rules: '/admin/rules',
  history: '/admin/history',
  sessions: '/admin/sessions',
  changes: '/admin/changes',
  sso: '/admin/sso',
  account: '/account',
} as const

/** The pages that a login may lead to. Never another host, because anybody can write the text. */
const RETURNS = [...Object.values(places), '/account/2fa', '/pairing']

const USER_PAGE = /^\/admin\/users\/\d{1,16}(\?|$)/

/** Returns the page to open after a login: one of our own, whatever was requested. */
export function safeReturn(path: string | undefined): string {
  if (path === undefined) return '/account'
  const isOurs = RETURNS.some((place) => path === place || path.startsWith(`${place}?`))
  return isOurs || USER_PAGE.test(path) ? path : '/account'
}

/** The login page for users who must reauthenticate by single sign-on. */
export function logInAgainUrl(returnTo: string): string {
  return `${logInUrl(returnTo)}&again=true`
}

/** The login page that leads to a page of ours. */
export function logInUrl(returnTo: string | undefined): string {
  return `/login?return_to=${encodeURIComponent(safeReturn(returnTo))}`
}
