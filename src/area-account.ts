import { accountPages } from './account/pages.tsx'
import { pairingPages } from './pairing/pages.tsx'
import { pairingRoutes } from './pairing/routes.ts'
import { passwordResetPages } from './passwords/reset/pages.tsx'
import { passwordResetRoutes } from './passwords/reset/routes.ts'
import { secondFactorPages } from './two-factor/pages.tsx'

/** What users do about their own account: passwords, 2FA and pairing. */
export const routes = [
  ...passwordResetRoutes,
  ...passwordResetPages,
  ...accountPages,
  ...secondFactorPages,
  ...pairingRoutes,
  ...pairingPages,
]
