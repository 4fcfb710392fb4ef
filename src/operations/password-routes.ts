import * as z from 'zod'
import { Authority } from '../history/authority.ts'
import { type ChangePasswordNeeds, changePassword } from '../login/change-password.ts'
import { hashNewPassword, type NewPasswordNeeds } from '../passwords/new-password.ts'
import { newPasswordParameter } from '../passwords/new-password-parameter.ts'
import { text } from '../platform/check-parameters.ts'
import { storageUnavailable } from '../platform/guarded-storage.ts'
import { Problem } from '../platform/problem.ts'
import { route } from '../platform/route.ts'
import { accepts } from '../users/accepted-proofs.ts'
import { operator } from './access.ts'
import { type FindUserNeeds, findUser } from './find-by-name.ts'

const setPassword = route<FindUserNeeds & NewPasswordNeeds & ChangePasswordNeeds>()(
  {
    method: 'POST',
    path: '/operator/v1/users/:username/password',
    base: false,
    summary: 'Set a user’s password; every session of the user ends',
    access: operator,
    parameters: z.object({
      username: text(256),
      password: newPasswordParameter.describe(
        'By the rules of the site. A user who manages itself must choose another at the next log in',
      ),
    }),
    replies: { 204: { description: 'The password is set' } },
    problems: ['not-found/user-not-found', 'processing-failure/model-save-error'],
  },
  async ({ parameters: { username, password }, services, request, language }) => {
    const { region, account } = await findUser(services, username)
    const { user, site } = account
    if (!accepts(user, 'password'))
      throw new Problem('processing-failure/model-save-error', {
        modelErrors: { password: ['password-of-no-use'] },
      })
    const passwordHash = await hashNewPassword(services, {
      password,
      field: 'password',
      owner: { ...user, site },
      of: { region, user, mustDiffer: false },
    })
    const done = await changePassword(services, {
      ...{ region, account, passwordHash, language, request },
      ...{ event: 'password_set_by_operator', actor: 'operator', authority: Authority.operator },
      mustBeChanged: user.selfManaged,
    })
    if (!done) throw storageUnavailable('the user changed at the same time')
    return { status: 204 }
  },
)

export const operatorPasswordRoutes = [setPassword]
