import type { Child } from 'hono/jsx'
import type { Language } from '../platform/languages.ts'

/** The frame of every page for people: works without a script and without anything from elsewhere. */
export function Page(props: { language: Language; title: string; children?: Child }) {
  return (
    <html lang={props.language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{props.title}</title>
      </head>
      <body>
        <main>
          <h1>{props.title}</h1>
          {props.children}
        </main>
      </body>
    </html>
  )
}

/** A page as the text of a reply. */
export function pageText(page: unknown): string {
  return `<!doctype html>\n${page}`
}
