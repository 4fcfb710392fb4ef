import { BASE_PATH, type Route } from './http/route.ts'

/** Routes that are loaded together, when one of their paths is first asked for. */
export interface Area {
  /** All paths that are one of these, or below it, are its own. */
  paths: readonly string[]
  load(): Promise<{ routes: readonly Route[] }>
}

/**
 * The one list of what the Worker loads later than at its start; every other path is answered by the routes of
 * src/routes/everyday.ts. Libraries that a few calls need are imported where they are used, by `await import()`.
 */
export const areas: readonly Area[] = [
  {
    paths: [
      ...['/login/sso', '/login_from_oauth', '/logged_out', '/sso'],
      `${BASE_PATH}/sessions/oauth`,
    ],
    load: () => import('./routes/sso.ts'),
  },
  {
    paths: [
      ...['/account', '/forgot', '/reset', '/pairing', '/login_from_desktop'],
      ...[`${BASE_PATH}/sessions/forgot`, `${BASE_PATH}/sessions/pairing_key`],
    ],
    load: () => import('./routes/account.ts'),
  },
  {
    paths: [
      ...[`${BASE_PATH}/users`, `${BASE_PATH}/api_key`, `${BASE_PATH}/api_keys`],
      ...[`${BASE_PATH}/2fa`, '/.well-known/webauthn', `${BASE_PATH}/history`],
      ...[`${BASE_PATH}/sso_strategies`, `${BASE_PATH}/sso_identities`],
    ],
    load: () => import('./routes/management.ts'),
  },
  { paths: ['/admin'], load: () => import('./routes/admin.ts') },
  { paths: ['/operator'], load: () => import('./routes/operator.ts') },
  // The description is of every route, so it comes with them.
  { paths: ['/openapi.json'], load: () => import('./routes.ts') },
]

/** The area of a path; none where its routes are there from the start, or where it has none. */
export function areaOf(path: string): Area | undefined {
  return areas.find(({ paths }) => paths.some((own) => path === own || path.startsWith(`${own}/`)))
}
