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
    endpoint: 'POST /sessions/forgot',
    summary: 'Send a password reset link. The reply is the same for every name',
    access: anyone,
    parameters: forgotParameters,
    limit: 'password-reset',
    limitedName: (parameters) => nameIn(parameters).name,
    replies: { 204: { description: 'An email is sent if a user has this name or address' } },
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
    endpoint: 'POST /sessions/forgot/validate',
    summary: 'Check a reset code, without consuming it',
    access: anyone,
    parameters: validateParameters,
    limit: 'password-reset',
    replies: { 204: { description: 'The code is valid' } },
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
    endpoint: 'POST /sessions/forgot/reset',
    summary: 'Set a new password with a reset code, once. Revokes all sessions of the user',
    access: anyone,
    parameters: resetParameters,
    limit: 'password-reset',
    replies: { 204: { description: 'The password was set' } },
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
