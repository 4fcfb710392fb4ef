import { anyone, route } from '../../http/route.ts'
import {
  checkInterface,
  forgotParameters,
  nameIn,
  resetParameters,
  validateParameters,
} from './contract.ts'
import { requestReset } from './request-reset.ts'
import { checkResetCode, resetPassword } from './reset-password.ts'

const forgot = route(
  {
    method: 'POST',
    path: '/sessions/forgot',
    summary: 'Send a link by which a password can be reset; the answer never tells to whom',
    access: anyone,
    parameters: forgotParameters,
    limit: 'password-reset',
    limitedName: (parameters) => nameIn(parameters).name,
    replies: { 204: { description: 'If the name or address is a user’s, a mail is on its way' } },
    problems: [
      'bad-request/invalid-interface',
      'not-authorized/contact-admin-for-password-change-help',
      'site-configuration/no-account-for-site',
      'service-unavailable/storage-unavailable',
    ],
  },
  async ({ parameters, ctx, language }) => {
    checkInterface(parameters.interface)
    await requestReset(ctx, { ...nameIn(parameters), language })
    return { status: 204 }
  },
)

const validate = route(
  {
    method: 'POST',
    path: '/sessions/forgot/validate',
    summary: 'Ask whether a reset code is good; it stays so',
    access: anyone,
    parameters: validateParameters,
    limit: 'password-reset',
    replies: { 204: { description: 'The code is good' } },
    problems: [
      'not-authenticated/invalid-or-expired-code',
      'service-unavailable/storage-unavailable',
    ],
  },
  async ({ parameters, ctx }) => {
    await checkResetCode(ctx, parameters.code)
    return { status: 204 }
  },
)

const reset = route(
  {
    method: 'POST',
    path: '/sessions/forgot/reset',
    summary: 'Set a new password by a reset code, once; every session of the user ends',
    access: anyone,
    parameters: resetParameters,
    limit: 'password-reset',
    replies: { 204: { description: 'The password is set; log in with it' } },
    problems: [
      'bad-request/invalid-interface',
      'not-authenticated/invalid-or-expired-code',
      'not-authenticated/one-time-password-incorrect',
      'not-authenticated/two-factor-authentication-error',
      'processing-failure/model-save-error',
      'service-unavailable/second-factor-unavailable',
      'service-unavailable/storage-unavailable',
    ],
  },
  async ({ parameters, ctx, request, language }) => {
    checkInterface(parameters.interface)
    const { code, password, confirm_password: confirmPassword, otp = null } = parameters
    await resetPassword(ctx, { code, password, confirmPassword, otp, language, request })
    return { status: 204 }
  },
)

export const passwordResetRoutes = [forgot, validate, reset]
