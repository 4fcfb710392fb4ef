import { healthRoutes } from './http/health-routes.ts'
import { loginRoutes } from './login/routes.ts'
import { introspectionRoutes } from './sessions/introspection-routes.ts'
import { tokenRoutes } from './sessions/jwks-routes.ts'
import { sessionManagementRoutes } from './sessions/management-routes.ts'
import { sessionRoutes } from './sessions/routes.ts'
import { currentSiteRoutes } from './sites/routes.ts'
import { regionRoutes } from './storage/region-routes.ts'

/** Login, use and logout, and routes that are requested with them. Loaded when the Worker starts. */
export const routes = [
  ...loginRoutes,
  ...sessionRoutes,
  ...sessionManagementRoutes,
  ...introspectionRoutes,
  ...currentSiteRoutes,
  ...regionRoutes,
  ...tokenRoutes,
  ...healthRoutes,
]
