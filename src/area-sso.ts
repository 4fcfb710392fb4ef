import { ssoBeginRoutes } from './sso/begin-routes.tsx'
import { ssoLogOutRoutes } from './sso/logout-routes.tsx'
import { ssoRoutes } from './sso/pages.tsx'

/** Single sign-on. */
export const routes = [...ssoBeginRoutes, ...ssoRoutes, ...ssoLogOutRoutes]
