import type { Language } from '../http/languages.ts'
import type { Problem } from '../http/problem.ts'
import { problemText } from '../http/problem-reply.ts'
import { fill, messagesFor } from '../messages/messages.ts'
import { Page } from './page.tsx'

/** Whether a form was refused because of when, or for whom, its page was made. */
export function isAboutForm({ type }: Problem): boolean {
  return (
    type === 'not-authorized/form-of-another-session' || type === 'not-authorized/form-outdated'
  )
}

/** Says that nothing was done, who is logged in now, and how to start again. */
export function StaleFormPage(props: { language: Language; problem: Problem; returnTo: string }) {
  const { language, problem, returnTo } = props
  const t = messagesFor(language).page.staleForm
  const { username } = problem.details.values ?? {}
  const title = username === undefined ? t.outdated : fill(t.other, { username })
  const url = `${returnTo}${returnTo.includes('?') ? '&' : '?'}locale=${language}`
  return (
    <Page language={language} title={title}>
      <p role="alert" tabindex={-1}>
        {problemText(problem, language)}
      </p>
      <a href={url}>{t.open}</a>
    </Page>
  )
}
