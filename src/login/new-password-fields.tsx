import type * as z from 'zod'
import { clearableText } from '../http/check-parameters.ts'
import type { Problem } from '../http/problem.ts'
import { SecretField, UsernameOfPassword } from '../ui/fields.tsx'
import { useMessages } from '../ui/language.ts'
import type { Method } from './methods/method.ts'

/** The parameters of a login form for users who must change their password. */
export const newPasswordParameters = {
  change_password: clearableText(1_024).optional(),
  change_password_confirmation: clearableText(1_024).optional(),
}

/** Returns the new password that a login form sent; null if it sent none. */
export function newPasswordOf(
  sent: z.infer<z.ZodObject<typeof newPasswordParameters>>,
): Method['newPassword'] {
  const { change_password: password = '', change_password_confirmation: confirmation } = sent
  return password === '' ? null : { password, confirmation }
}

/** The fields for a new password, if the login was refused because one is due or because of what is wrong with it. */
export function NewPasswordFields(props: {
  problem: Problem | undefined
  /** For password managers, in a form without a username field. */
  username?: string
}) {
  const { problem, username } = props
  const isNeeded =
    problem?.type === 'not-authorized/password-change-required' ||
    problem?.type === 'processing-failure/model-save-error'
  if (!isNeeded) return null
  const t = useMessages().login
  return (
    <>
      {username === undefined ? null : <UsernameOfPassword username={username} />}
      <SecretField id="change_password" label={t.newPassword} autocomplete="new-password" />
      <SecretField id="change_password_confirmation" label={t.again} autocomplete="new-password" />
    </>
  )
}
