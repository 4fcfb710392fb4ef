import type { Language } from '../http/languages.ts'
import type { Problem } from '../http/problem.ts'
import { isForPeopleToo, problemHeaders, problemText } from '../http/problem-reply.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { Page, pageText } from './page.tsx'
import { Code } from './verbatim.tsx'

const texts = {
  en: {
    missing: 'There is no such page',
    failed: 'That did not work',
    number: 'If you ask for help, tell this number:',
    back: 'Go to your account',
  },
  de: {
    missing: 'Diese Seite gibt es nicht',
    failed: 'Das hat nicht geklappt',
    number: 'Wenn Sie um Hilfe bitten, nennen Sie diese Nummer:',
    back: 'Zu Ihrem Konto',
  },
  es: {
    missing: 'Esta página no existe',
    failed: 'No ha funcionado',
    number: 'Si pide ayuda, diga este número:',
    back: 'Ir a su cuenta',
  },
  fr: {
    missing: 'Cette page n’existe pas',
    failed: 'Cela n’a pas fonctionné',
    number: 'Si vous demandez de l’aide, donnez ce numéro :',
    back: 'Aller à votre compte',
  },
} satisfies Record<Language, object>

/** Whether a person waits for the reply: a browser that goes to a page, or sends a form of one. */
export function isForPerson(path: string, { headers }: Request): boolean {
  const accepts = headers.get('Accept') ?? ''
  return accepts.includes('text/html') && isForPeopleToo(path)
}

/** A problem as a page, where no form can tell it. */
export async function errorPage(
  problem: Problem,
  request: RequestFacts,
  language: Language,
): Promise<Response> {
  const t = texts[language]
  const page = (
    <Page language={language} title={problem.status === 404 ? t.missing : t.failed}>
      <p>{problemText(problem, language)}</p>
      <p class="hint">
        {t.number} <Code>{request.id}</Code>
      </p>
      <a href={`/account?locale=${language}`}>{t.back}</a>
    </Page>
  )
  return new Response(await pageText(page, { look: null }), {
    status: problem.status,
    headers: {
      ...problemHeaders(problem, language),
      'Content-Type': 'text/html; charset=utf-8',
      'Referrer-Policy': 'no-referrer',
    },
  })
}
