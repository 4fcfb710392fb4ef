import { type Child, createContext, useContext } from 'hono/jsx'
import assetPaths from '../../dist/asset-paths.json'
import { isolated } from '../http/bidi.ts'
import { type Language, languageNames } from '../http/languages.ts'
import type { Problem } from '../http/problem.ts'
import { problemText } from '../http/problem-reply.ts'
import { type SealForm, SealFormContext } from './form.tsx'
import { LanguageContext, TimeZoneContext, useLanguage } from './language.ts'

/** What a site's pages show about the site, so that people know where they enter their password. */
interface Branding {
  name: string
  /** `#rrggbb`; null for the default. */
  accentColor: string | null
  /** Names the logo, which is served at the site's own hosts; null if there is none. */
  logoDigest: string | null
  /** The minimum length of a new password. */
  passwordMinLength: number
  /** Shown before a login; null for none. */
  loginHelpText: string | null
}

/** The branding of the page's site; null on hosts that belong to no single site. */
export const BrandingContext = createContext<Branding | null>(null)

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

/** A section of a wide page, with a heading. */
export function Card(props: { id: string; title: string; children?: Child }) {
  const { id, title, children } = props
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  )
}

/** An entry of a description list: a name that somebody chose. */
export function NameEntry(props: { term: string; name: string }) {
  return (
    <>
      <dt>{props.term}</dt>
      <dd>
        <Name>{props.name}</Name>
      </dd>
    </>
  )
}

/**
 * A name that somebody chose: it is never translated, and a right-to-left name does not reorder the text around it.
 */
export function Name({ children }: { children?: Child }) {
  return <bdi translate="no">{children}</bdi>
}

/** Text to copy exactly. */
export function Code({ children }: { children?: Child }) {
  return <code translate="no">{children}</code>
}
