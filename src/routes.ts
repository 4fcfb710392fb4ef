import * as z from 'zod'
import { wellKnownRoutes } from './account/entry-routes.ts'
import { accountPages } from './account/pages.tsx'
import { apiKeyRoutes } from './api-keys/routes.ts'
import { adminChangePages } from './audit/change-pages.tsx'
import { changeHistoryRoutes } from './audit/change-routes.ts'
import { adminHistoryPages } from './audit/login-history-pages.tsx'
import { loginHistoryRoutes } from './audit/routes.ts'
import { describeApi, fullPath } from './http/api-description.ts'
import { healthRoutes } from './http/health-routes.ts'
import { anyone, type Route, route } from './http/route.ts'
import { loginPages } from './login/pages.tsx'
import { loginRoutes } from './login/routes.ts'
import { secondStepPages } from './login/second-step-pages.tsx'
import { tokenPages } from './login/token-pages.tsx'
import { pairingPages } from './pairing/pages.tsx'
import { pairingRoutes } from './pairing/routes.ts'
import { operatorPasswordRoutes } from './passwords/operator.ts'
import { passwordResetPages } from './passwords/reset/pages.tsx'
import { passwordResetRoutes } from './passwords/reset/routes.ts'
import { introspectionRoutes } from './sessions/introspection-routes.ts'
import { tokenRoutes } from './sessions/jwks-routes.ts'
import { sessionManagementRoutes } from './sessions/management-routes.ts'
import { operatorSessionRoutes } from './sessions/operator.ts'
import { adminSessionPages } from './sessions/pages.tsx'
import { sessionRoutes } from './sessions/routes.ts'
import { operatorSiteRoutes } from './sites/operator.ts'
import { adminRulePages } from './sites/pages.tsx'
import { currentSiteRoutes } from './sites/routes.ts'
import { adminSsoPages } from './sso/admin-pages.tsx'
import { ssoBeginRoutes } from './sso/begin-routes.tsx'
import { ssoIdentityRoutes } from './sso/identity-routes.ts'
import { ssoLogOutRoutes } from './sso/logout-routes.tsx'
import { ssoRoutes } from './sso/pages.tsx'
import { ssoStrategyRoutes } from './sso/routes.ts'
import { ssoStrategyTestRoutes } from './sso/test-routes.ts'
import { operatorDirectoryRoutes } from './storage/operator.ts'
import { regionRoutes } from './storage/region-routes.ts'
import { operatorSecondFactorRoutes } from './two-factor/operator.ts'
import { secondFactorPages } from './two-factor/pages.tsx'
import { secondFactorRoutes } from './two-factor/routes.ts'
import { uiRoutes } from './ui/routes.ts'
import { operatorUserRoutes } from './users/operator.ts'
import { adminUserListPages } from './users/pages.tsx'
import { operatorRekeyRoutes } from './users/rekey-operator.ts'
import { userRoutes } from './users/routes.ts'
import { adminUserPages } from './users/user-pages.tsx'
import { operatorWelcomeRoutes } from './users/welcome-operator.ts'

export const BASE_PATH = '/api/rest/v1'

const apiDescription = route(
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

export const routes: readonly Route[] = [
  ...loginRoutes,
  ...loginPages,
  ...tokenPages,
  ...secondStepPages,
  ...ssoBeginRoutes,
  ...ssoRoutes,
  ...ssoLogOutRoutes,
  ...sessionRoutes,
  ...sessionManagementRoutes,
  ...introspectionRoutes,
  ...passwordResetRoutes,
  ...passwordResetPages,
  ...wellKnownRoutes,
  ...accountPages,
  ...secondFactorPages,
  ...pairingRoutes,
  ...pairingPages,
  ...currentSiteRoutes,
  ...apiKeyRoutes,
  ...secondFactorRoutes,
  ...ssoStrategyTestRoutes,
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
