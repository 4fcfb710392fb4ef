import type { RequestFacts } from '../http/request-facts.ts'
import type { WaysOn } from '../two-factor/second-step.ts'
import { TextField } from '../ui/fields.tsx'
import { ButtonForm, Form, Submit } from '../ui/form.tsx'
import { useLanguage, useMessages } from '../ui/language.ts'
import { Page, ProblemAlert } from '../ui/page.tsx'
import { Name } from '../ui/verbatim.tsx'
import { KeyStep } from './key-step.tsx'
import { NewPasswordFields } from './new-password-fields.tsx'
import type { SecondStep } from './second-step-cookie.ts'

interface SecondStepFormProps {
  request: RequestFacts
  step: SecondStep
  /** How the login continues. */
  ways: WaysOn
  /** The user that the second step is for. */
  username: string
}

/** Asks for a one-time code. One field accepts the codes of every method. */
export function SecondStepForm(props: SecondStepFormProps) {
  const language = useLanguage()
  const { request, step, ways, username } = props
  const { problem, isTexted } = step
  const t = useMessages().login
  const methods = ways.two_factor_authentication_methods
  const shown = {
    username: step.username,
    partial_session_id: step.partialSession,
    sso: step.isSso ? '1' : undefined,
    return_to: step.returnTo,
  }
  const action = step.isSso ? '/login/sso/second' : '/login/second'
  const hasCodes = methods.includes('recovery_code')
  // If only recovery codes are left, or nothing at all, there is no other method to offer.
  const isLast = methods.every((method) => method === 'recovery_code')
  const hints = [
    methods.includes('totp') ? t.totpHint : null,
    methods.includes('sms') ? t.smsHint : null,
    methods.includes('yubi') ? t.yubiHint : null,
  ].filter((hint) => hint !== null)
  return (
    <Page title={t.secondTitle}>
      <ProblemAlert problem={problem} />
      {isTexted ? <p role="status">{t.texted}</p> : null}
      <p>
        {t.loggingIn} <Name>{username}</Name>
      </p>
      <KeyStep request={request} ways={ways} action={action} shown={shown} />
      <Form action={action} shown={shown}>
        <TextField id="otp" label={t.code} autocomplete="one-time-code" hint={hints.join(' ')} />
        <NewPasswordFields problem={problem} username={username} />
        <Submit label={t.goOn} />
      </Form>
      <details open={isLast}>
        <summary>{t.otherWay}</summary>
        {methods.includes('sms') ? (
          <ButtonForm action="/login/second/send" shown={shown} label={t.sendText} look="quiet" />
        ) : null}
        <p>{hasCodes ? t.recoveryHint : t.lostHint}</p>
      </details>
      <a href={`/login?locale=${language}`}>{t.startAgain}</a>
    </Page>
  )
}
