import { useContext } from 'hono/jsx'
import type { Language } from '../platform/languages.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import { Form } from '../ui/form.tsx'
import { KeyButton, readOptions } from '../ui/key-button.tsx'
import { LookContext } from '../ui/look.ts'
import { logInUrl } from '../ui/return-to.ts'
import { pageTextsIn } from './page-texts.ts'
import type { SecondStepSent } from './second-step-form.tsx'

/**
 * The button for a security key, where this page can use one; where it cannot, what the person can do. Shows
 * nothing for a user without a key.
 */
export function KeyStep(props: {
  language: Language
  sent: SecondStepSent
  request: RequestFacts
  action: string
  shown: Record<string, string>
}) {
  const { language, sent, request, action, shown } = props
  const t = pageTextsIn(language)
  const isOfOneSite = useContext(LookContext) !== null
  if (sent.key_origins === undefined) return null
  const hosts = hostsIn(sent.key_origins)
  if (hosts.length === 0) return <p>{t.keysLost}</p>
  const options = readOptions(sent.key_options)
  const isHere = options !== null && options.rpId === request.hostname
  // Another host of the site lets this one use its keys; hosts of no one site are never asked to.
  const isLent = options !== null && !isHere && isOfOneSite
  const elsewhere = hosts.filter(({ hostname }) => hostname !== request.hostname)
  return (
    <>
      {isHere || isLent ? (
        <Form language={language} action={action} shown={shown} filledByScript="otp">
          <KeyButton does="get" options={options} label={t.useKey} failed={t.keyFailed} />
        </Form>
      ) : null}
      {elsewhere.length > 0 ? (
        <p>
          {isHere ? t.otherKeys : isLent ? t.keyLent : t.keyElsewhere}{' '}
          {elsewhere.map(({ origin, host }, nth) => (
            <>
              {nth > 0 ? ', ' : ''}
              <a href={`${origin}${logInUrl(sent.return_to)}`}>{host}</a>
            </>
          ))}
        </p>
      ) : null}
    </>
  )
}

/** Where keys are good, as the form carried it: origins between spaces. */
function hostsIn(text: string): URL[] {
  return text.split(' ').flatMap((origin) => {
    const url = URL.parse(origin)
    return url && /^https?:$/.test(url.protocol) ? [url] : []
  })
}
