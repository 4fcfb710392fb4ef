import type { Problem } from '../http/problem.ts'
import { problemText } from '../http/problem-reply.ts'
import { fill } from '../messages/messages.ts'
import { useLanguage, useMessages } from './language.ts'
import { Page } from './page.tsx'

/** Whether a form was refused because of when, or for whom, its page was made. */
export function isAboutForm({ type }: Problem): boolean {
  return (
    type === 'not-authorized/form-of-another-session' || type === 'not-authorized/form-outdated'
  )
}

/** Returns the page that says that nothing was done, who is logged in now, and how to start again. */
export function staleFormPage(problem: Problem, returnTo: string) {
  return <StaleFormPage problem={problem} returnTo={returnTo} />
}

function StaleFormPage(props: { problem: Problem; returnTo: string }) {
  const language = useLanguage()
  const { problem, returnTo } = props
  const t = useMessages().page.staleForm
  const { username } = problem.details.values ?? {}
  const title = username === undefined ? t.outdated : fill(t.other, { username })
  const url = `${returnTo}${returnTo.includes('?') ? '&' : '?'}locale=${language}`
  return (
    <Page title={title}>
      <p role="alert" tabindex={-1}>
        {problemText(problem, language)}
      </p>
      <a href={url}>{t.open}</a>
    </Page>
  )
}
