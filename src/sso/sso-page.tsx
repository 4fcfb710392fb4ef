import type { Problem } from '../http/problem.ts'
import { fill } from '../messages/messages.ts'
import { ButtonForm } from '../ui/form.tsx'
import { useLanguage, useMessages } from '../ui/language.ts'
import { Name, NameEntry, Page, ProblemAlert } from '../ui/page.tsx'
import type { SsoRefusal } from './provider-fetch.ts'

export function SsoFailedPage(props: { problem: Problem }) {
  const language = useLanguage()
  const { problem } = props
  const t = useMessages().sso
  const { reason } = (problem.details.data ?? {}) as { reason?: SsoRefusal }
  return (
    <Page title={t.failedTitle}>
      {reason ? (
        <p role="alert" tabindex={-1}>
          {t.refusals[reason]}
        </p>
      ) : (
        <ProblemAlert problem={problem} />
      )}
      <a href={`/login?locale=${language}`}>{t.again}</a>
    </Page>
  )
}

/** Asks for confirmation if a program started the login, so that somebody else's link cannot log a person in. */
export function SsoAskPage(props: {
  proof: string
  person: string
  provider: string
  site: string
}) {
  const language = useLanguage()
  const { proof, person, provider, site } = props
  const t = useMessages().sso
  return (
    <Page title={t.asksTitle}>
      <dl>
        <NameEntry term={t.askedBy} name={provider} />
        <NameEntry term={t.who} name={person} />
        <NameEntry term={t.site} name={site} />
      </dl>
      <p>{t.warning}</p>
      <ButtonForm action="/login/sso/confirm" shown={{ proof }} label={t.logIn} />
      <a href={`/login?locale=${language}`}>{t.notMe}</a>
    </Page>
  )
}

/** Confirms a test login. Nobody was logged in. */
export function SsoTestPassedPage(props: { label: string; host: string; back: string }) {
  const language = useLanguage()
  const { label, host, back } = props
  const t = useMessages().sso
  return (
    <Page title={t.testPassedTitle}>
      <p role="status" tabindex={-1}>
        {fill(t.testPassed, { label, host })}
      </p>
      <a href={`${back}?locale=${language}`}>{t.backToAdmin}</a>
    </Page>
  )
}

/** Shown after a logout here: the session at the provider may still be active. */
export function LoggedOutPage(props: { label: string; logOutThere: string }) {
  const language = useLanguage()
  const { label, logOutThere } = props
  const t = useMessages().sso
  return (
    <Page title={t.loggedOutTitle}>
      <p>
        {t.loggedOutThere}{' '}
        <strong>
          <Name>{label}</Name>
        </strong>
      </p>
      <a class="button" rel="noreferrer" href={logOutThere}>
        {t.logOutThere}
      </a>
      <a href={`/login?locale=${language}`}>{t.backToLogIn}</a>
    </Page>
  )
}
