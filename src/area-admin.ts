import { adminChangePages } from './audit/change-pages.tsx'
import { adminHistoryPages } from './audit/login-history-pages.tsx'
import type { Route } from './http/route.ts'
import { adminSessionPages } from './sessions/pages.tsx'
import { adminRulePages } from './sites/pages.tsx'
import { adminSsoPages } from './sso/admin-pages.tsx'
import { adminUserListPages } from './users/pages.tsx'
import { adminUserPages } from './users/user-pages.tsx'

export const routes: readonly Route[] = [
  ...adminSsoPages,
  ...adminUserListPages,
  ...adminUserPages,
  ...adminRulePages,
  ...adminHistoryPages,
  ...adminSessionPages,
  ...adminChangePages,
]
