import type { Language } from '../platform/languages.ts'
import type { Problem } from '../platform/problem.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import { Form, SecretField, TextField } from '../ui/fields.tsx'
import { KeyButton, readOptions } from '../ui/key-button.tsx'
import { Page, Told } from '../ui/page.tsx'
import { safeReturn } from '../ui/return-to.ts'
import { isAboutNewPassword } from './about-new-password.ts'
import { pageTextsIn } from './page-texts.ts'

/** What the second step hands on. */
export interface SecondStepSent {
  username?: string | undefined
  return_to?: string | undefined
  partial_session_id: string
  methods: string
  /** What a security key is to sign, in JSON; undefined for a user without one here. */
  key_options?: string | undefined
  /** An identity provider's word stands for the password. */
  sso?: string | undefined
}

/** What the first step hands on to the second: `problem` is the one that asks for it. */
export function secondStepAsked(
  sent: Pick<SecondStepSent, 'username' | 'return_to' | 'sso'>,
  { details }: Problem,
): SecondStepSent {
  const data = details.data as {
    partial_session_id: string
    two_factor_authentication_methods: string[]
    webauthn_authentication_options?: Record<string, unknown>
  }
  const options = data.webauthn_authentication_options
  return {
    ...sent,
    partial_session_id: data.partial_session_id,
    methods: data.two_factor_authentication_methods.join(' '),
    ...(options && { key_options: JSON.stringify(options) }),
  }
}

export function asksForSecondFactor({ type }: Problem): boolean {
  return type === 'not-authenticated/two-factor-authentication-error'
}

interface SecondStepFormProps {
  language: Language
  sent: SecondStepSent
  request: RequestFacts
  /** Why the last try was refused; null before the first. */
  problem: Problem | null
  /** A code has just been texted. */
  isTexted?: boolean
}

/** Asks for a code of the second factor: whichever it is of, one field takes it. */
export function SecondStepForm(props: SecondStepFormProps) {
  const { language, sent, request, problem, isTexted } = props
  const t = pageTextsIn(language)
  const methods = sent.methods.split(' ')
  const hidden = {
    username: sent.username ?? '',
    partial_session_id: sent.partial_session_id,
    methods: sent.methods,
    return_to: safeReturn(sent.return_to),
    ...(sent.key_options && { key_options: sent.key_options }),
    ...(sent.sso && { sso: sent.sso }),
  }
  const action = sent.sso ? '/login/sso/second' : '/login/second'
  const keyOptions = readOptions(sent.key_options)
  const hints = [
    methods.includes('totp') ? t.totpHint : null,
    methods.includes('sms') ? t.smsHint : null,
    methods.includes('yubi') ? t.yubiHint : null,
  ].filter((hint) => hint !== null)
  return (
    <Page language={language} title={t.secondTitle}>
      <Told language={language} problem={problem ?? undefined} />
      {isTexted ? <p role="status">{t.texted}</p> : null}
      {keyOptions && keyOptions.rpId !== request.hostname ? (
        <p>
          {t.keyElsewhere} <strong>{String(keyOptions.rpId)}</strong>
        </p>
      ) : null}
      {keyOptions && keyOptions.rpId === request.hostname ? (
        <Form language={language} action={action} hidden={{ ...hidden, otp: '' }}>
          <KeyButton does="get" options={keyOptions} label={t.useKey} failed={t.keyFailed} />
        </Form>
      ) : null}
      <Form language={language} action={action} hidden={hidden}>
        <TextField id="otp" label={t.code} autocomplete="one-time-code" hint={hints.join(' ')} />
        {isAboutNewPassword(problem ?? undefined) ? (
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
        <button type="submit">{t.goOn}</button>
      </Form>
      <details>
        <summary>{t.otherWay}</summary>
        {methods.includes('sms') ? (
          <Form language={language} action="/login/second/send" hidden={hidden}>
            <button type="submit" class="quiet">
              {t.sendText}
            </button>
          </Form>
        ) : null}
        <p>{methods.includes('recovery_code') ? t.recoveryHint : t.lostHint}</p>
      </details>
      <a href={`/login?locale=${language}`}>{t.startAgain}</a>
    </Page>
  )
}
