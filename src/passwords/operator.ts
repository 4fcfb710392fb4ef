import * as z from 'zod'
import { Authority } from '../audit/credential-event.ts'
import { text } from '../http/check-parameters.ts'
import { operatorRoute } from '../http/operator-route.ts'
import { notSaved } from '../http/problem.ts'
import { changePassword } from '../login/change-password.ts'
import { accepts } from '../login/policy.ts'
import { storageUnavailable } from '../storage/guarded-storage.ts'
import { findUser } from '../users/find-by-name.ts'
import { hashNewPassword, newPasswordParameter } from './new-password.ts'

const setPassword = operatorRoute(
  {
    endpoint: 'POST /users/:username/password',
    summary: 'Set a user’s password and revoke their sessions',
    parameters: z.object({
      username: text(256),
      password: newPasswordParameter.describe(
        'Must follow the site’s rules. Unless the account is shared, the user must choose another at the next login',
      ),
    }),
    replies: { 204: { description: 'The password was set' } },
    problems: ['not-found/user-not-found', 'processing-failure/model-save-error'],
  },
  async ({ parameters: { username, password }, ctx, request, language }) => {
    const { region, account } = await findUser(ctx, username)
    const { user, site } = account
    if (!accepts(user, 'password')) throw notSaved({ password: ['password-of-no-use'] })
    const passwordHash = await hashNewPassword(ctx, {
      password,
      field: 'password',
      owner: { ...user, site },
      replaces: { region, user, mustDiffer: false },
    })
    const done = await changePassword(ctx, {
      region,
      account,
      passwordHash,
      language,
      request,
      event: 'password_set_by_operator',
      actor: 'operator',
      authority: Authority.operator,
      mustBeChanged: user.selfManaged,
    })
    if (!done) throw storageUnavailable('the user changed at the same time')
    return { status: 204 }
  },
)

export const operatorPasswordRoutes = [setPassword]
