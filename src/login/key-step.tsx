import { useContext } from 'hono/jsx'
import type { RequestFacts } from '../http/request-facts.ts'
import type { WaysOn } from '../two-factor/second-step.ts'
import { BrandingContext } from '../ui/branding.ts'
import { Form } from '../ui/form.tsx'
import { KeyButton } from '../ui/key-button.tsx'
import { useMessages } from '../ui/language.ts'
import { logInUrl } from '../ui/return-to.ts'

/**
 * The button for a security key if this page can use one; otherwise what the user can do instead. Shows nothing to
 * users without a key.
 */
export function KeyStep(props: {
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
