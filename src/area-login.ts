import { wellKnownRoutes } from './account/entry-routes.ts'
import { loginPages } from './login/pages.tsx'
import { tokenPages } from './login/token-pages.tsx'
import { uiRoutes } from './ui/routes.ts'

/** The pages of a login, and what a browser requests with them. */
export const routes = [...loginPages, ...tokenPages, ...wellKnownRoutes, ...uiRoutes]
