import * as z from 'zod'
import { routes as accountRoutes } from './area-account.ts'
import { routes as adminRoutes } from './area-admin.ts'
import { routes as everydayRoutes } from './area-everyday.ts'
import { routes as loginRoutes } from './area-login.ts'
import { routes as managementRoutes } from './area-management.ts'
import { routes as operatorRoutes } from './area-operator.ts'
import { routes as ssoRoutes } from './area-sso.ts'
import { describeApi } from './http/api-description.ts'
import { anyone, type Route, route } from './http/route.ts'

const apiDescription = route(
  {
    endpoint: 'GET /openapi.json',
    base: false,
    summary: 'This description (OpenAPI 3.1)',
    access: anyone,
    cacheSeconds: 300,
    replies: { 200: { description: 'The description', body: z.record(z.string(), z.unknown()) } },
  },
  () => ({ status: 200, body: describeRoutes() }),
)

/** Every route of the product. src/areas.ts says when they are loaded. */
export const routes: readonly Route[] = [
  ...everydayRoutes,
  ...loginRoutes,
  ...ssoRoutes,
  ...accountRoutes,
  ...managementRoutes,
  ...adminRoutes,
  ...operatorRoutes,
  apiDescription,
]

/** The OpenAPI description of all routes, as served and as checked in at docs/openapi.json. */
export function describeRoutes() {
  description ??= describeApi(routes)
  return description
}

let description: ReturnType<typeof describeApi> | undefined
