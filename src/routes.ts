import * as z from 'zod'
import { entryRoutes } from './account/entry-routes.ts'
import { accountPages } from './account/pages.tsx'
import { adminChangePages } from './admin-pages/changes-routes.tsx'
import { adminHistoryPages } from './admin-pages/history-routes.tsx'
import { adminRulePages } from './admin-pages/rules-routes.tsx'
import { adminSessionPages } from './admin-pages/sessions-routes.tsx'
import { adminSsoPages } from './admin-pages/sso-routes.tsx'
import { adminUserPages } from './admin-pages/user-routes.tsx'
import { adminUserListPages } from './admin-pages/users-routes.tsx'
import { apiKeyRoutes } from './api-key-management/routes.ts'
import { apiReferenceRoutes } from './api-reference/routes.tsx'
import { currentSiteRoutes } from './current-site/routes.ts'
import { healthRoutes } from './health/routes.ts'
import { introspectionRoutes } from './introspection/routes.ts'
import { loginPages } from './login/pages.tsx'
import { loginRoutes } from './login/routes.ts'
import { secondStepPages } from './login/second-step-pages.tsx'
import { ssoLogOutRoutes } from './login/sso/log-out-routes.tsx'
import { ssoRoutes } from './login/sso/routes.tsx'
import { tokenPages } from './login/token-pages.tsx'
import { changeHistoryRoutes } from './login-history/change-routes.ts'
import { loginHistoryRoutes } from './login-history/routes.ts'
import { operatorDirectoryRoutes } from './operations/directory-routes.ts'
import { operatorPasswordRoutes } from './operations/password-routes.ts'
import { operatorRekeyRoutes } from './operations/rekey-routes.ts'
import { operatorSecondFactorRoutes } from './operations/second-factor-routes.ts'
import { operatorSessionRoutes } from './operations/session-routes.ts'
import { operatorSiteRoutes } from './operations/site-routes.ts'
import { operatorUserRoutes } from './operations/user-routes.ts'
import { operatorWelcomeRoutes } from './operations/welcome-routes.ts'
import { pairingPages } from './pairing/pages.tsx'
import { pairingRoutes } from './pairing/routes.ts'
import { passwordResetPages } from './password-resets/pages.tsx'
import { passwordResetRoutes } from './password-resets/routes.ts'
import { describeApi, fullPath } from './platform/api-description.ts'
import { anyone, type Route, route } from './platform/route.ts'
import { regionRoutes } from './regions/routes.ts'
import { secondFactorPages } from './second-factor-management/pages.tsx'
import { secondFactorRoutes } from './second-factor-management/routes.ts'
import type { Services } from './services.ts'
import { sessionManagementRoutes } from './sessions/management-routes.ts'
import { sessionRoutes } from './sessions/routes.ts'
import type { HostScope } from './sites/site.ts'
import { ssoIdentityRoutes } from './sso-management/identity-routes.ts'
import { ssoStrategyRoutes } from './sso-management/routes.ts'
import { tokenRoutes } from './tokens/routes.ts'
import { uiRoutes } from './ui/routes.ts'
import { userRoutes } from './user-management/routes.ts'

export const BASE_PATH = '/api/rest/v1'

/** What handlers may use: the stores, and which sites the request's host may speak for. */
export type RequestServices = Services & { scope: HostScope }

const apiDescription = route<unknown>()(
  {
    method: 'GET',
    path: '/openapi.json',
    base: false,
    summary: 'This description (OpenAPI 3.1)',
    access: anyone,
    parameters: z.object({}),
    cacheSeconds: 300,
    replies: { 200: { description: 'The description', body: z.record(z.string(), z.unknown()) } },
    problems: [],
  },
  () => ({ status: 200, body: describeRoutes() }),
)

export const routes: readonly Route<RequestServices>[] = [
  ...loginRoutes,
  ...loginPages,
  ...tokenPages,
  ...secondStepPages,
  ...ssoRoutes,
  ...ssoLogOutRoutes,
  ...sessionRoutes,
  ...sessionManagementRoutes,
  ...introspectionRoutes,
  ...passwordResetRoutes,
  ...passwordResetPages,
  ...entryRoutes,
  ...accountPages,
  ...secondFactorPages,
  ...pairingRoutes,
  ...pairingPages,
  ...currentSiteRoutes,
  ...apiKeyRoutes,
  ...secondFactorRoutes,
  ...ssoStrategyRoutes,
  ...ssoIdentityRoutes,
  ...userRoutes,
  ...adminSsoPages,
  ...adminUserListPages,
  ...adminUserPages,
  ...adminRulePages,
  ...adminHistoryPages,
  ...adminSessionPages,
  ...adminChangePages,
  ...loginHistoryRoutes,
  ...changeHistoryRoutes,
  ...regionRoutes,
  ...tokenRoutes,
  ...uiRoutes,
  ...healthRoutes,
  ...operatorSiteRoutes,
  ...operatorRekeyRoutes,
  ...operatorUserRoutes,
  ...operatorPasswordRoutes,
  ...operatorSecondFactorRoutes,
  ...operatorDirectoryRoutes,
  ...operatorWelcomeRoutes,
  ...operatorSessionRoutes,
  apiDescription,
  ...apiReferenceRoutes(describeRoutes),
]

/** The OpenAPI description of all routes, as served and as checked in at docs/openapi.json. */
export function describeRoutes() {
  description ??= describeApi(routes, BASE_PATH)
  return description
}

let description: ReturnType<typeof describeApi> | undefined

/** The methods that each path answers, as an Allow header lists them. */
export function allowedMethods(): Map<string, string> {
  const byPath = new Map<string, string[]>()
  for (const route of routes) {
    const path = fullPath(route, BASE_PATH)
    const added = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]
    byPath.set(path, [...(byPath.get(path) ?? ['OPTIONS']), ...added])
  }
  return new Map([...byPath].map(([path, methods]) => [path, methods.sort().join(', ')]))
}
