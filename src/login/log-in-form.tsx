import { useContext } from 'hono/jsx'
import type { Language } from '../platform/languages.ts'
import type { Problem } from '../platform/problem.ts'
import { SecretField, TextField } from '../ui/fields.tsx'
import { Form } from '../ui/form.tsx'
import { KeyButton, readOptions } from '../ui/key-button.tsx'
import { LookContext } from '../ui/look.ts'
import { Page, Told } from '../ui/page.tsx'
import { logInUrl, safeReturn } from '../ui/return-to.ts'
import { isAboutNewPassword } from './about-new-password.ts'
import { pageTextsIn } from './page-texts.ts'
import { type OfferedStrategy, SsoButtons } from './sso/sso-buttons.tsx'

/** What is in the form already. */
interface Sent {
  again?: boolean | undefined
  username?: string | undefined
  return_to?: string | undefined
  /** What a passkey is to sign, sealed, and what the browser is given for it. */
  passkey?: string | undefined
  passkey_options?: string | undefined
}

export function LogInForm(props: {
  language: Language
  sent: Sent
  problem?: Problem
  /** By which people may log in besides; undefined where the page that asked knows that. */
  strategies?: OfferedStrategy[]
}) {
  const { language, sent, problem, strategies } = props
  const t = pageTextsIn(language)
  const look = useContext(LookContext)
  const { passkey = '', passkey_options: passkeyOptions = '' } = sent
  const options = readOptions(passkeyOptions)
  const shown = {
    return_to: safeReturn(sent.return_to),
    ...(options && { passkey, passkey_options: passkeyOptions }),
  }
  return (
    <Page language={language} title={t.logInTitle} path="/login">
      <Told language={language} problem={problem} />
      {look?.loginHelpText ? <p>{look.loginHelpText}</p> : null}
      <Form language={language} action="/login" shown={shown}>
        <TextField
          id="username"
          label={t.username}
          value={sent.username ?? ''}
          autocomplete={options ? 'username webauthn' : 'username'}
        />
        <SecretField
          id="password"
          language={language}
          label={t.password}
          autocomplete="current-password"
        />
        {isAboutNewPassword(problem) ? (
          <>
            <SecretField
              id="change_password"
              language={language}
              label={t.newPassword}
              autocomplete="new-password"
            />
            <SecretField
              id="change_password_confirmation"
              language={language}
              label={t.again}
              autocomplete="new-password"
            />
          </>
        ) : null}
        <button type="submit">{t.logIn}</button>
      </Form>
      {options ? (
        <Form language={language} action="/login/passkey" shown={shown} filledByScript="otp">
          <KeyButton
            does="get"
            options={options}
            label={t.withPasskey}
            failed={t.passkeyFailed}
            class="quiet"
            isOneOfSeveral
            isOffered
          />
        </Form>
      ) : null}
      <SsoButtons
        language={language}
        strategies={strategies ?? []}
        returnTo={sent.return_to}
        again={sent.again === true}
      />
      <a href={`/forgot?locale=${language}`}>{t.forgot}</a>
      {strategies ? null : (
        <p>
          <a href={logInUrl(sent.return_to)}>{t.otherWays}</a>
        </p>
      )}
    </Page>
  )
}
