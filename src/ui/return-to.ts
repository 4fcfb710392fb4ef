/** The pages that a login leads on to. Never another host: the text is anybody's. */
const PLACES = [
  '/account',
  '/account/2fa',
  '/pairing',
  '/admin/sso',
  '/admin/users',
  '/admin/rules',
  '/admin/history',
  '/admin/sessions',
  '/admin/changes',
]

const USER_PAGE = /^\/admin\/users\/\d{1,16}(\?|$)/

/** Where to go on after a login: one of our own pages, whatever was asked for. */
export function safeReturn(asked: string | undefined): string {
  if (asked === undefined) return '/account'
  const isOurs = PLACES.some((place) => asked === place || asked.startsWith(`${place}?`))
  return isOurs || USER_PAGE.test(asked) ? asked : '/account'
}

/** The login page for who must reauthenticate, by single sign-on, who it is. */
export function logInAgainUrl(returnTo: string): string {
  return `${logInUrl(returnTo)}&again=true`
}

/** The login page that leads on to a page of ours. */
export function logInUrl(returnTo: string | undefined): string {
  return `/login?return_to=${encodeURIComponent(safeReturn(returnTo))}`
}
