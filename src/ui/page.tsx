import { type Child, useContext } from 'hono/jsx'
import assetPaths from '../../dist/asset-paths.json'
import { isolated } from '../http/bidi.ts'
import { type Language, languageNames } from '../http/languages.ts'
import type { Problem } from '../http/problem.ts'
import { problemText } from '../http/problem-reply.ts'
import { type Branding, BrandingContext } from './branding.ts'
import { type SealForm, SealFormContext } from './form.tsx'
import { LanguageContext, TimeZoneContext, useLanguage } from './language.ts'
import { Name } from './verbatim.tsx'

/** The frame of every page. It works without scripts and loads nothing from other hosts. */
export function Page(props: {
  title: string
  /** The page has several cards of its own; otherwise it is one card. */
  wide?: boolean
  /** Links to related pages. */
  navigation?: Child
  /** The page's path in other languages; absent for pages that answer a form. */
  path?: string
  children?: Child
}) {
  const language = useLanguage()
  const { title, wide = false, navigation, path, children } = props
  const branding = useContext(BrandingContext)
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{branding ? `${title} · ${isolated(branding.name)}` : title}</title>
        <link rel="icon" href={assetPaths['icon.svg']} type="image/svg+xml" />
        <link rel="stylesheet" href={assetPaths['style.css']} />
        {branding?.accentColor ? (
          <link rel="stylesheet" href={`/ui/accent/${branding.accentColor.slice(1)}`} />
        ) : null}
        <script type="module" src={assetPaths['script.js']} />
        <script type="module" src={assetPaths['security-keys.js']} />
      </head>
      <body>
        {navigation}
        <main class={wide ? 'wide' : ''}>
          {branding ? <Brand branding={branding} /> : null}
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

/** The site's name and logo. Not a landmark, so that the page has one heading. */
function Brand({ branding: { name, logoDigest } }: { branding: Branding }) {
  return (
    <p class="brand">
      {logoDigest ? <img src={`/ui/logo/${logoDigest}`} alt="" height="40" /> : null}
      <Name>{name}</Name>
    </p>
  )
}

interface PageSurroundings {
  branding: Branding | null
  language: Language
  /** The reader's; UTC if unknown. */
  timeZone?: string | null | undefined
  /** Seals its forms. */
  sealForm?: SealForm | null
}

/** Renders a page in a language, with a site's branding. */
export async function pageText(
  page: unknown,
  { branding, language, timeZone = null, sealForm = null }: PageSurroundings,
): Promise<string> {
  const text = (
    <LanguageContext.Provider value={language}>
      <TimeZoneContext.Provider value={timeZone}>
        <BrandingContext.Provider value={branding}>
          <SealFormContext.Provider value={sealForm}>{page as Child}</SealFormContext.Provider>
        </BrandingContext.Provider>
      </TimeZoneContext.Provider>
    </LanguageContext.Provider>
  )
  return `<!doctype html>\n${await text.toString()}`
}

/** Says why a form was refused. The script moves the focus to it. */
export function ProblemAlert(props: { problem: Problem | undefined }) {
  const language = useLanguage()
  return props.problem ? (
    <p role="alert" tabindex={-1}>
      {problemText(props.problem, language)}
    </p>
  ) : null
}
