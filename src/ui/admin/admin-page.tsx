import type { Child } from 'hono/jsx'
import type { Language } from '../../http/languages.ts'
import type { Problem } from '../../http/problem.ts'
import { useAdminMessages } from '../admin/messages.ts'
import { useLanguage } from '../language.ts'
import { Page, ProblemAlert } from '../page.tsx'
import { places } from '../return-to.ts'

type Place = keyof typeof places

/** The frame of every admin page: navigation, problems, results. */
export function AdminPage(props: {
  title: string
  here: Exclude<Place, 'account'>
  /** Whether this page belongs to one item of that page's list. */
  isBelow?: boolean
  problem?: Problem | undefined
  done?: string | undefined
  children?: Child
}) {
  const { title, problem, done, children } = props
  return (
    <Page title={title} wide navigation={<Navigation {...props} />}>
      <ProblemAlert problem={problem} />
      {done ? (
        <p role="status" tabindex={-1}>
          {done}
        </p>
      ) : null}
      {children}
    </Page>
  )
}

function Navigation({ here, isBelow = false }: Parameters<typeof AdminPage>[0]) {
  const language = useLanguage()
  const t = useAdminMessages().navigation
  return (
    <nav class="places" aria-label={t.label}>
      {Object.entries(places).map(([place, path]) => (
        <a
          href={`${path}?locale=${language}`}
          aria-current={place === here ? (isBelow ? 'true' : 'page') : undefined}
        >
          {t[place as Place]}
        </a>
      ))}
    </nav>
  )
}

/** The link to the next page of a list. */
export function NextPage(props: {
  path: string
  filters: object
  /** Null on the last page. */
  cursor: string | null
}) {
  const { path, filters, cursor } = props
  const url = pageUrl(path, useLanguage(), { ...filters, cursor: cursor ?? undefined })
  const { next } = useAdminMessages().pages
  return cursor === null ? null : (
    <p>
      <a href={url}>{next}</a>
    </p>
  )
}

/** Returns a page's URL with a language and query. Empty values are left out. */
export function pageUrl(
  path: string,
  language: Language,
  filters: Record<string, string | number | undefined> = {},
): string {
  return `${path}?${queryOf({ locale: language, ...filters })}`
}

export function queryOf(filters: Record<string, string | number | undefined>): string {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined && value !== '')
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
}
