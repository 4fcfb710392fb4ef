import { wellKnownRoutes } from '../account/entry-routes.ts'
import { healthRoutes } from '../http/health-routes.ts'
import type { Route } from '../http/route.ts'
import { loginPages } from '../login/pages.tsx'
import { loginRoutes } from '../login/routes.ts'
import { secondStepPages } from '../login/second-step-pages.tsx'
import { tokenPages } from '../login/token-pages.tsx'
import { introspectionRoutes } from '../sessions/introspection-routes.ts'
import { tokenRoutes } from '../sessions/jwks-routes.ts'
import { sessionManagementRoutes } from '../sessions/management-routes.ts'
import { sessionRoutes } from '../sessions/routes.ts'
import { currentSiteRoutes } from '../sites/routes.ts'
import { regionRoutes } from '../storage/region-routes.ts'
import { uiRoutes } from '../ui/routes.ts'

/** Login, use and logout, and what is asked for beside them: loaded as the Worker starts. */
export const routes: readonly Route[] = [
  ...loginRoutes,
  ...loginPages,
  ...tokenPages,
  ...secondStepPages,
  ...sessionRoutes,
  ...sessionManagementRoutes,
  ...introspectionRoutes,
  ...wellKnownRoutes,
  ...currentSiteRoutes,
  ...regionRoutes,
  ...tokenRoutes,
  ...uiRoutes,
  ...healthRoutes,
]
