import type { Language } from '../http/languages.ts'
import type { Problem } from '../http/problem.ts'
import { isForPeopleToo, problemHeaders, problemText } from '../http/problem-reply.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { fill, messagesFor } from '../messages/messages.ts'
import { useLanguage, useMessages } from './language.ts'
import { Code, Page, ProblemAlert, pageText } from './page.tsx'

/** Whether a person waits for the reply: a browser that opens a page or sends a form. */
export function isForPerson(path: string, { headers }: Request): boolean {
  const accepts = headers.get('Accept') ?? ''
  return accepts.includes('text/html') && isForPeopleToo(path)
}

/** Shows a problem that no form can show. */
export async function errorPage(
  problem: Problem,
  request: RequestFacts,
  language: Language,
): Promise<Response> {
  const t = messagesFor(language).page.error
  const page = (
    <Page title={problem.status === 404 ? t.missing : t.failed}>
      <p>{problemText(problem, language)}</p>
      <p class="hint">
        {t.number} <Code>{request.id}</Code>
      </p>
      <a href={`/account?locale=${language}`}>{t.back}</a>
    </Page>
  )
  return new Response(await pageText(page, { branding: null, language }), {
    status: problem.status,
    headers: {
      ...problemHeaders(problem, language),
      'Content-Type': 'text/html; charset=utf-8',
      'Referrer-Policy': 'no-referrer',
    },
  })
}

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
      <ProblemAlert problem={problem} />
      <a href={url}>{t.open}</a>
    </Page>
  )
}
