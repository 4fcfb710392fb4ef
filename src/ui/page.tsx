import type { Child } from 'hono/jsx'
import type { Language } from '../platform/languages.ts'
import type { Problem } from '../platform/problem.ts'
import { problemText } from '../platform/problem-reply.ts'

const LANGUAGES: Record<Language, string> = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
}

/** The frame of every page for people: works without a script and without anything from elsewhere. */
export function Page(props: {
  language: Language
  title: string
  /** Of several cards, which the page brings; else all of it is one. */
  wide?: boolean
  /** Where the page is shown in another language; pages that answer a form have no such place. */
  path?: string
  children?: Child
}) {
  const { language, title, wide = false, path, children } = props
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{title}</title>
        <link rel="stylesheet" href="/ui/style.css" />
        <script src="/ui/script.js" defer />
      </head>
      <body>
        <main class={wide ? 'wide' : ''}>
          {wide ? (
            <>
              <h1>{title}</h1>
              {children}
            </>
          ) : (
            <div class="card">
              <h1>{title}</h1>
              {children}
            </div>
          )}
        </main>
        {path === undefined ? null : (
          <footer>
            <nav aria-label={LANGUAGES[language]}>
              {Object.entries(LANGUAGES).map(([tag, name]) => (
                <a
                  href={`${path}?locale=${tag}`}
                  lang={tag}
                  hreflang={tag}
                  aria-current={tag === language ? 'true' : undefined}
                >
                  {name}
                </a>
              ))}
            </nav>
          </footer>
        )}
      </body>
    </html>
  )
}

/** A page as the text of a reply. */
export function pageText(page: unknown): string {
  return `<!doctype html>\n${page}`
}

/** Why a form was not taken; the script moves the focus to it. */
export function Told(props: { language: Language; problem: Problem | undefined }) {
  return props.problem ? (
    <p role="alert" tabindex={-1}>
      {problemText(props.problem, props.language)}
    </p>
  ) : null
}
