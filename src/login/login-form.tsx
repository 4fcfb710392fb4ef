import { useContext } from 'hono/jsx'
import type * as z from 'zod'
import type { Ctx } from '../context.ts'
import { withoutBidiControls } from '../http/bidi.ts'
import { clearableText } from '../http/check-parameters.ts'
import type { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { type OfferedStrategy, SsoButtons } from '../sso/sso-buttons.tsx'
import { SecretField, TextField, UsernameOfPassword } from '../ui/fields.tsx'
import { Form, Submit } from '../ui/form.tsx'
import { KeyButton } from '../ui/key-button.tsx'
import { useLanguage, useMessages } from '../ui/language.ts'
import { BrandingContext, Page, ProblemAlert } from '../ui/page.tsx'
import { logInUrl, safeReturn } from '../ui/return-to.ts'
import type { Method } from './methods/method.ts'
import { offerPasskey, type PasskeyOffer } from './methods/passkey.ts'

interface Sent {
  again?: boolean | undefined
  username?: string | undefined
  return_to?: string | undefined
}

interface LogInFormProps {
  sent: Sent
  problem?: Problem
  /**
   * The identity providers that users can log in by here; undefined if the page does not know them and links to one
   * that does.
   */
  strategies?: OfferedStrategy[]
}

/** The login form. Each page gets a passkey challenge of its own, because challenges are single-use and expire. */
export async function logInForm(
  ctx: Ctx,
  { request, ...props }: LogInFormProps & { request: RequestFacts },
) {
  return <LogInForm {...props} offer={await offerPasskey(ctx, request)} />
}

function LogInForm(props: LogInFormProps & { offer: PasskeyOffer | null }) {
  const language = useLanguage()
  const { sent, problem, strategies, offer } = props
  const t = useMessages().login
  const branding = useContext(BrandingContext)
  const url = logInUrl(sent.return_to)
  const shown = { return_to: safeReturn(sent.return_to) }
  return (
    <Page title={t.logInTitle} path="/login">
      <ProblemAlert problem={problem} />
      {branding?.loginHelpText ? (
        <p dir="auto">{withoutBidiControls(branding.loginHelpText)}</p>
      ) : null}
      <Form action="/login" shown={shown}>
        <TextField
          id="username"
          label={t.username}
          value={sent.username ?? ''}
          autocomplete={offer ? 'username webauthn' : 'username'}
        />
        <SecretField id="password" label={t.password} autocomplete="current-password" />
        <NewPasswordFields problem={problem} />
        <Submit label={t.logIn} />
      </Form>
      {offer ? (
        <Form
          action="/login/passkey"
          shown={{ ...shown, passkey: offer.sealed }}
          filledByScript="otp"
        >
          <KeyButton
            does="get"
            options={offer.options}
            renewAt={`${url}&locale=${language}`}
            label={t.withPasskey}
            failed={t.passkeyFailed}
            class="quiet"
            isOneOfSeveral
            isOffered
          />
        </Form>
      ) : null}
      <SsoButtons
        strategies={strategies ?? []}
        returnTo={sent.return_to}
        again={sent.again === true}
      />
      <a href={`/forgot?locale=${language}`}>{t.forgot}</a>
      {strategies ? null : (
        <p>
          <a href={url}>{t.otherWays}</a>
        </p>
      )}
    </Page>
  )
}

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
