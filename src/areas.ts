import { BASE_PATH, type Route } from './http/route.ts'

/** Routes that are loaded together at the first request for one of their paths. */
export interface Area {
  /** These paths, and all below them. */
  paths: readonly string[]
  load(): Promise<{ routes: readonly Route[] }>
}

/**
 * What the Worker loads after its start. All other paths belong to src/area-everyday.ts. Libraries for few calls
 * are loaded where they are used, by `await import()`.
 */
export const areas: readonly Area[] = [
  {
    paths: [
      ...['/login/sso', '/login_from_oauth', '/logged_out', '/sso'],
      `${BASE_PATH}/sessions/oauth`,
    ],
    load: () => import('./area-sso.ts'),
  },
  // After single sign-on, whose pages are below these.
  {
    paths: ['/', '/login', '/logout', '/.well-known/change-password', '/ui/accent'],
    load: () => import('./area-login.ts'),
  },
  {
    paths: [
      ...['/account', '/forgot', '/reset', '/pairing', '/login_from_desktop'],
      ...[`${BASE_PATH}/sessions/forgot`, `${BASE_PATH}/sessions/pairing_key`],
    ],
    load: () => import('./area-account.ts'),
  },
  {
    paths: [
      ...[`${BASE_PATH}/users`, `${BASE_PATH}/api_key`, `${BASE_PATH}/api_keys`],
      ...[`${BASE_PATH}/2fa`, '/.well-known/webauthn', `${BASE_PATH}/history`],
      ...[`${BASE_PATH}/sso_strategies`, `${BASE_PATH}/sso_identities`],
    ],
    load: () => import('./area-management.ts'),
  },
  { paths: ['/admin'], load: () => import('./area-admin.ts') },
  { paths: ['/operator'], load: () => import('./area-operator.ts') },
  // The description covers every route and needs all of them.
  { paths: ['/openapi.json'], load: () => import('./routes.ts') },
]

/** The area of a path; undefined if its routes are loaded at the start, or the path is unknown. */
export function areaOf(path: string): Area | undefined {
  return areas.find(({ paths }) => paths.some((own) => path === own || path.startsWith(`${own}/`)))
}
