import type { Language } from '../platform/languages.ts'
import type { Problem } from '../platform/problem.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import { SecretField, TextField } from '../ui/fields.tsx'
import { Form } from '../ui/form.tsx'
import { Page, Told } from '../ui/page.tsx'
import { safeReturn } from '../ui/return-to.ts'
import { isAboutNewPassword } from './about-new-password.ts'
import { KeyStep } from './key-step.tsx'
import { pageTextsIn } from './page-texts.ts'

/** What the second step hands on. */
export interface SecondStepSent {
  username?: string | undefined
  return_to?: string | undefined
  partial_session_id: string
  methods: string
  /** What a security key is to sign, in JSON; undefined for a user without one that a browser can use here. */
  key_options?: string | undefined
  /** Where the user's security keys are good, between spaces; undefined for a user without one. */
  key_origins?: string | undefined
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
    security_key_origins?: string[]
  }
  const { webauthn_authentication_options: options, security_key_origins: origins } = data
  return {
    ...sent,
    partial_session_id: data.partial_session_id,
    methods: data.two_factor_authentication_methods.join(' '),
    ...(options && { key_options: JSON.stringify(options) }),
    ...(origins && { key_origins: origins.join(' ') }),
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
  const shown = {
    username: sent.username ?? '',
    partial_session_id: sent.partial_session_id,
    methods: sent.methods,
    return_to: safeReturn(sent.return_to),
    ...(sent.key_options && { key_options: sent.key_options }),
    ...(sent.key_origins !== undefined && { key_origins: sent.key_origins }),
    ...(sent.sso && { sso: sent.sso }),
  }
  const action = sent.sso ? '/login/sso/second' : '/login/second'
  const hasCodes = methods.includes('recovery_code')
  // Nothing but codes is left, or nothing at all: that is no other way, but the only one.
  const isLast = methods.every((method) => method === 'recovery_code' || method === '')
  const hints = [
    methods.includes('totp') ? t.totpHint : null,
    methods.includes('sms') ? t.smsHint : null,
    methods.includes('yubi') ? t.yubiHint : null,
  ].filter((hint) => hint !== null)
  return (
    <Page language={language} title={t.secondTitle}>
      <Told language={language} problem={problem ?? undefined} />
      {isTexted ? <p role="status">{t.texted}</p> : null}
      <KeyStep {...{ language, sent, request, action, shown }} />
      <Form language={language} action={action} shown={shown}>
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
      <details open={isLast}>
        <summary>{t.otherWay}</summary>
        {methods.includes('sms') ? (
          <Form language={language} action="/login/second/send" shown={shown}>
            <button type="submit" class="quiet">
              {t.sendText}
            </button>
          </Form>
        ) : null}
        <p>{hasCodes ? t.recoveryHint : t.lostHint}</p>
      </details>
      <a href={`/login?locale=${language}`}>{t.startAgain}</a>
    </Page>
  )
}
