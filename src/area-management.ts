import { apiKeyRoutes } from './api-keys/routes.ts'
import { auditRoutes } from './audit/routes.ts'
import { ssoIdentityRoutes } from './sso/identity-routes.ts'
import { ssoStrategyRoutes } from './sso/routes.ts'
import { secondFactorRoutes } from './two-factor/routes.ts'
import { userRoutes } from './users/routes.ts'

/** The API of admins and of API keys. */
export const routes = [
  ...apiKeyRoutes,
  ...secondFactorRoutes,
  ...ssoStrategyRoutes,
  ...ssoIdentityRoutes,
  ...userRoutes,
  ...auditRoutes,
]
