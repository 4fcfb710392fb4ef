import { adminAuditPages } from './audit/pages.tsx'
import { adminSessionPages } from './sessions/pages.tsx'
import { adminRulePages } from './sites/pages.tsx'
import { adminSsoPages } from './sso/admin-pages.tsx'
import { adminUserPages } from './users/pages.tsx'

export const routes = [
  ...adminSsoPages,
  ...adminUserPages,
  ...adminRulePages,
  ...adminAuditPages,
  ...adminSessionPages,
]
