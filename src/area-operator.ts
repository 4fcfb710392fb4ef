import { operatorPasswordRoutes } from './passwords/operator.ts'
import { operatorSessionRoutes } from './sessions/operator.ts'
import { operatorSiteRoutes } from './sites/operator.ts'
import { operatorDirectoryRoutes } from './storage/operator.ts'
import { operatorSecondFactorRoutes } from './two-factor/operator.ts'
import { operatorUserRoutes } from './users/operator.ts'

/** The API of the operator. */
export const routes = [
  ...operatorSiteRoutes,
  ...operatorUserRoutes,
  ...operatorPasswordRoutes,
  ...operatorSecondFactorRoutes,
  ...operatorDirectoryRoutes,
  ...operatorSessionRoutes,
]
