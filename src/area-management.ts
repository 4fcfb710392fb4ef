import { apiKeyRoutes } from './api-keys/routes.ts'
import { changeHistoryRoutes } from './audit/change-routes.ts'
import { loginHistoryRoutes } from './audit/routes.ts'
import type { Route } from './http/route.ts'
import { ssoIdentityRoutes } from './sso/identity-routes.ts'
import { ssoStrategyRoutes } from './sso/routes.ts'
import { ssoStrategyTestRoutes } from './sso/test-routes.ts'
import { secondFactorRoutes } from './two-factor/routes.ts'
import { userRoutes } from './users/routes.ts'

/** The API of admins and of API keys. */
export const routes: readonly Route[] = [
  ...apiKeyRoutes,
  ...secondFactorRoutes,
  ...ssoStrategyTestRoutes,
  ...ssoStrategyRoutes,
  ...ssoIdentityRoutes,
  ...userRoutes,
  ...loginHistoryRoutes,
  ...changeHistoryRoutes,
]
