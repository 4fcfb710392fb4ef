import { type Child, useContext } from 'hono/jsx'
import assetPaths from '../../dist/asset-paths.json'
import { isolated } from '../http/bidi.ts'
import { type Language, languageNames } from '../http/languages.ts'
import type { Problem } from '../http/problem.ts'
import { problemText } from '../http/problem-reply.ts'
import { type Branding, BrandingContext } from './branding.ts'
import { type SealForm, SealFormContext } from './form.tsx'
import { Name } from './verbatim.tsx'

/** The frame of every page for people: works without a script and without anything from elsewhere. */
export function Page(props: {
  language: Language
  title: string
  /** Of several cards, which the page brings; else all of it is one. */
  wide?: boolean
  /** Leads to the pages beside it. */
  navigation?: Child
  /** Where the page is shown in another language; pages that answer a form have no such place. */
  path?: string
  children?: Child
}) {
  const { language, title, wide = false, navigation, path, children } = props
  const look = useContext(BrandingContext)
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{look ? `${title} · ${isolated(look.name)}` : title}</title>
        <link rel="icon" href={assetPaths['icon.svg']} type="image/svg+xml" />
        <link rel="stylesheet" href={assetPaths['style.css']} />
        {look?.accentColor ? (
          <link rel="stylesheet" href={`/ui/accent/${look.accentColor.slice(1)}`} />
        ) : null}
        <script type="module" src={assetPaths['script.js']} />
        <script type="module" src={assetPaths['security-keys.js']} />
      </head>
      <body>
        {navigation}
        <main class={wide ? 'wide' : ''}>
          {look ? <Brand look={look} /> : null}
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
            <nav aria-label={languageNames[language]}>
              {Object.entries(languageNames).map(([tag, name]) => (
                <a
                  href={`${path}?locale=${tag}`}
                  lang={tag}
                  hreflang={tag}
                  aria-current={tag === language ? 'true' : undefined}
                >
                  <bdi>{name}</bdi>
                </a>
              ))}
            </nav>
          </footer>
        )}
      </body>
    </html>
  )
}

/** Whose page it is: no landmark, so that a page has its one heading. */
function Brand({ look: { name, logoDigest } }: { look: Branding }) {
  return (
    <p class="brand">
      {logoDigest ? <img src={`/ui/logo/${logoDigest}`} alt="" height="40" /> : null}
      <Name>{name}</Name>
    </p>
  )
}

/** A page as the text of a reply, in the look of a site. Its forms are for whomever `sealForm` seals them. */
export async function pageText(
  page: unknown,
  { look, sealForm = null }: { look: Branding | null; sealForm?: SealForm | null },
): Promise<string> {
  const text = (
    <BrandingContext.Provider value={look}>
      <SealFormContext.Provider value={sealForm}>{page as Child}</SealFormContext.Provider>
    </BrandingContext.Provider>
  )
  return `<!doctype html>\n${await text.toString()}`
}

/** Why a form was not taken; the script moves the focus to it. */
export function ProblemAlert(props: { language: Language; problem: Problem | undefined }) {
  return props.problem ? (
    <p role="alert" tabindex={-1}>
      {problemText(props.problem, props.language)}
    </p>
  ) : null
}
