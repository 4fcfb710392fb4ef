import { Authority, authorOf } from '../audit/credential-event.ts'
import { userAction } from '../users/user-action.ts'
import { resetFactors } from './manage-factors.ts'

const reset = userAction(
  {
    action: '2fa/reset',
    summary: 'Remove all 2FA methods of a user who has lost them and has no admin to ask',
    done: 'The methods were removed, and the user is notified by email',
  },
  async ({ region, account }, { ctx, request, language }) => {
    const author = authorOf('operator', Authority.operator, request)
    await resetFactors(ctx, { account, region, language, author })
  },
)

export const operatorSecondFactorRoutes = [reset]
