import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Problem } from '../http/problem.ts'
import { fill, type Messages } from '../messages/messages.ts'
import { TextField } from '../ui/fields.tsx'
import { Form, Submit } from '../ui/form.tsx'
import { KeyButton } from '../ui/key-button.tsx'
import { useLanguage, useMessages, useSpelledDate } from '../ui/language.ts'
import { Card, Code, Name, Page, ProblemAlert } from '../ui/page.tsx'
import { ConfirmButton, type NeededReauthentication } from './confirm-button.tsx'
import { qrCode } from './qr-code.ts'
import { type FactorMethod, isSecurityKey, type SecondFactorRow } from './second-factor.ts'

interface FactorPageProps {
  /** The active methods. */
  factors: SecondFactorRow[]
  /** The methods that the site allows and this service supports. */
  allowed: FactorMethod[]
  /** What the user must enter again before a change; null if they have just authenticated. */
  proof: NeededReauthentication | null
  isDue: boolean
  /** The site's host names. The page is at one of them, or at none. */
  keyHosts: string[]
  hostname: string
  /** The result of the previous action. */
  done?: string | undefined
  problem?: Problem | undefined
}

type Section = FactorPageProps & { t: Messages['twoFactor'] }

export function FactorPage(props: FactorPageProps) {
  const language = useLanguage()
  const { factors, isDue, done, problem } = props
  const t = useMessages().twoFactor
  const section = { ...props, t }
  return (
    <Page title={t.title} wide>
      <ProblemAlert problem={problem} />
      {done ? <p role="status">{done}</p> : null}
      {isDue ? <p role="status">{t.due}</p> : null}
      <Card id="yours" title={t.yours}>
        {factors.length === 0 ? <p>{t.none}</p> : null}
        {factors.map((factor) => (
          <Factor {...section} factor={factor} />
        ))}
      </Card>
      <Card id="add" title={t.add}>
        <AddOne {...section} />
      </Card>
      {factors.length > 0 ? (
        <Card id="recovery" title={t.recovery}>
          <p>{t.renewHint}</p>
          <Form action="/account/2fa/recovery_codes">
            <ConfirmButton {...section} purpose="renew" label={t.renew} class="quiet" />
          </Form>
        </Card>
      ) : null}
      {isDue ? null : <a href={`/account?locale=${language}`}>{t.back}</a>}
    </Page>
  )
}

function Factor(props: Section & { factor: SecondFactorRow }) {
  const spelled = useSpelledDate()
  const { t, factor } = props
  const shown = { id: String(factor.id) }
  return (
    <div class="factor">
      <h3>
        <Name>{factor.name}</Name>{' '}
        {factor.name === t[factor.method] ? null : <span class="badge">{t[factor.method]}</span>}
      </h3>
      <p class="hint">
        {factor.phoneNumber ? `${factor.phoneNumber} · ` : ''}
        {factor.lastUsedAt === null ? '' : `${t.lastUsed}: ${spelled(factor.lastUsedAt)}`}
      </p>
      <KeyHost {...props} />
      <Form action="/account/2fa/remove" shown={shown}>
        <ConfirmButton
          {...props}
          purpose={`remove-${factor.id}`}
          label={t.remove}
          ariaLabel={fill(t.removeNamed, { name: factor.name })}
          class="danger"
        />
      </Form>
    </div>
  )
}

/** Says at which host a security key works, if not here. */
function KeyHost({ t, factor, keyHosts, hostname }: Section & { factor: SecondFactorRow }) {
  const { rpId } = factor
  if (!isSecurityKey(factor) || rpId === null || rpId === hostname) return null
  const text = keyHosts.includes(rpId) ? t.keyElsewhere : t.keyLost
  return <p class="hint">{fill(text, { host: rpId })}</p>
}

function AddOne(props: Section) {
  const { t, allowed } = props
  const ways = [
    { method: 'totp', name: 'app', title: t.withApp, hint: t.withAppHint, label: t.addApp },
    { method: 'sms', name: 'phone', title: t.withPhone, hint: t.withPhoneHint, label: t.addPhone },
    { method: 'webauthn', name: 'key', title: t.withKey, hint: t.withKeyHint, label: t.addKey },
    {
      method: 'yubi',
      name: 'yubikey',
      title: t.withYubikey,
      hint: t.withYubikeyHint,
      label: t.addYubikey,
    },
  ] as const
  const fields: Partial<Record<FactorMethod, Child>> = {
    sms: <TextField id="phone_number" label={t.phoneNumber} autocomplete="tel" />,
    yubi: <TextField id="yubikey" name="otp" label={t.touch} />,
  }
  return ways
    .filter(({ method }) => allowed.includes(method))
    .map(({ method, name, title, hint, label }) => (
      <>
        <h3>{title}</h3>
        <p>{hint}</p>
        <Form action={`/account/2fa/${name}`}>
          {fields[method]}
          <ConfirmButton {...props} purpose={name} label={label} />
        </Form>
      </>
    ))
}

interface SetUpProps {
  factor: SecondFactorRow
  problem?: Problem | undefined
}

/** Shows an authenticator app's secret and asks for its first code. @param uri see provisioningUri */
export function AppSetUpPage(props: SetUpProps & { uri: string }) {
  const { factor, uri, problem } = props
  const t = useMessages().twoFactor
  const secret = new URL(uri).searchParams.get('secret') ?? ''
  return (
    <Page title={t.setUpApp}>
      <ProblemAlert problem={problem} />
      <p>{t.scan}</p>
      <div class="qr" role="img" aria-label={t.qr}>
        {raw(qrCode(uri))}
      </div>
      <p class="on-phones">
        <a href={uri}>{t.openApp}</a>
      </p>
      <p>
        {t.key}: <Code>{secret.replaceAll(/.{4}(?!$)/g, '$& ')}</Code>
      </p>
      <p>{t.thenCode}</p>
      <CompleteForm factor={factor} />
    </Page>
  )
}

export function PhoneSetUpPage({ factor, problem }: SetUpProps) {
  const t = useMessages().twoFactor
  return (
    <Page title={t.setUpPhone}>
      <ProblemAlert problem={problem} />
      <p>{fill(t.texted, { number: factor.phoneNumber ?? '' })}</p>
      <CompleteForm factor={factor} />
    </Page>
  )
}

/** Registers a security key. @param options see registrationRequest */
export function KeySetUpPage(props: SetUpProps & { options: Record<string, unknown> }) {
  const language = useLanguage()
  const { factor, options, problem } = props
  const t = useMessages().twoFactor
  const shown = { id: String(factor.id) }
  return (
    <Page title={t.setUpKey}>
      <ProblemAlert problem={problem} />
      <p>{t.touchKey}</p>
      <Form action="/account/2fa/finish" shown={shown} filledByScript="otp">
        <KeyButton
          does="create"
          options={options}
          label={t.addKey}
          failed={t.keyFailed}
          known={t.keyKnown}
        />
      </Form>
      <a href={`/account/2fa?locale=${language}`}>{t.cancel}</a>
    </Page>
  )
}

function CompleteForm({ factor }: Pick<SetUpProps, 'factor'>) {
  const language = useLanguage()
  const t = useMessages().twoFactor
  return (
    <>
      <Form action="/account/2fa/finish" shown={{ id: String(factor.id) }}>
        <TextField id="otp" label={t.typeCode} autocomplete="one-time-code" />
        <Submit label={t.finish} />
      </Form>
      <a href={`/account/2fa?locale=${language}`}>{t.cancel}</a>
    </>
  )
}

export function RecoveryCodesPage(props: {
  codes: string[]
  /** Whether a method has just been set up. */
  isSetUp: boolean
}) {
  const language = useLanguage()
  const { codes, isSetUp } = props
  const t = useMessages().twoFactor
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(`${codes.join('\n')}\n`)}`
  return (
    <Page title={t.recovery}>
      {isSetUp ? <p role="status">{t.done}</p> : null}
      <p>{t.recoveryHint}</p>
      <ul class="codes" translate="no">
        {codes.map((code) => (
          <li>{code}</li>
        ))}
      </ul>
      <p>
        <a href={file} download="recovery-codes.txt">
          {t.download}
        </a>
      </p>
      <a href={`/account?locale=${language}`}>{t.goOn}</a>
    </Page>
  )
}
