import type { Language } from '../http/languages.ts'
import type { Problem } from '../http/problem.ts'
import { isForPeopleToo, problemHeaders, problemText } from '../http/problem-reply.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { messagesFor } from '../messages/messages.ts'
import { Page, pageText } from './page.tsx'
import { Code } from './verbatim.tsx'

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
