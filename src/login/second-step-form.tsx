import { useContext } from 'hono/jsx'
import type { RequestFacts } from '../http/request-facts.ts'
import type { WaysOn } from '../two-factor/second-step.ts'
import { TextField } from '../ui/fields.tsx'
import { ButtonForm, Form, Submit } from '../ui/form.tsx'
import { KeyButton } from '../ui/key-button.tsx'
import { useLanguage, useMessages } from '../ui/language.ts'
import { BrandingContext, Name, Page, ProblemAlert } from '../ui/page.tsx'
import { logInUrl } from '../ui/return-to.ts'
import { NewPasswordFields } from './login-form.tsx'
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
          <ButtonForm
            action="/login/second/send"
            shown={shown}
            label={t.sendText}
            variant="quiet"
          />
        ) : null}
        <p>{hasCodes ? t.recoveryHint : t.lostHint}</p>
      </details>
      <a href={`/login?locale=${language}`}>{t.startAgain}</a>
    </Page>
  )
}

/**
 * The button for a security key if this page can use one; otherwise what the user can do instead. Shows nothing to
 * users without a key.
 */
function KeyStep(props: {
  ways: WaysOn
  request: RequestFacts
  action: string
  shown: Record<string, string | undefined>
}) {
  const { ways, request, action, shown } = props
  const t = useMessages().login
  const isOfOneSite = useContext(BrandingContext) !== null
  const { security_key_origins: origins, webauthn_authentication_options: options } = ways
  if (!origins) return null
  if (origins.length === 0) return <p>{t.keysLost}</p>
  const hosts = origins.map((origin) => new URL(origin))
  const isHere = options?.rpId === request.hostname
  // Another host of the site allows this host to use its keys. Shared hosts may not.
  const isLent = options !== undefined && !isHere && isOfOneSite
  const elsewhere = hosts.filter(({ hostname }) => hostname !== request.hostname)
  return (
    <>
      {options && (isHere || isLent) ? (
        <Form action={action} shown={shown} filledByScript="otp">
          <KeyButton does="get" options={options} label={t.useKey} failed={t.keyFailed} />
        </Form>
      ) : null}
      {elsewhere.length > 0 ? (
        <p>
          {isHere ? t.otherKeys : isLent ? t.keyLent : t.keyElsewhere}{' '}
          {elsewhere.map(({ origin, host }, nth) => (
            <>
              {nth > 0 ? ', ' : ''}
              <a href={`${origin}${logInUrl(shown.return_to)}`}>{host}</a>
            </>
          ))}
        </p>
      ) : null}
    </>
  )
}
