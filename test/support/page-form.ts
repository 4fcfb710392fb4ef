import { sentCredentials } from '../../src/access/sent-credentials.ts'
import { apiKeyDigest } from '../../src/api-keys/api-key-text.ts'
import type { Ctx } from '../../src/context.ts'
import { type FormOwner, formSealer, NOBODY } from '../../src/http/form-seal.ts'
import { fullPath, isForm } from '../../src/http/route.ts'
import { routes } from '../../src/routes.ts'
import { readCredential } from '../../src/sessions/credential.ts'
import { checkCookie } from '../../src/ui/cookie-check.ts'
import { env } from './env.ts'

const forms = routes.filter(isForm).map((route) => ({
  route,
  pattern: new RegExp(`^${fullPath(route).replaceAll(/:\w+/g, '[^/]+')}$`),
}))

/** The route of a form that is sent here; undefined for every other call. */
export function formRouteAt(method: string, path: string) {
  return method === 'POST' ? forms.find(({ pattern }) => pattern.test(path))?.route : undefined
}

/** The headers that a browser sends with a form of this host's page, unless a test sets others. */
export function headersOfPage(headers: Record<string, string>, host: string) {
  const saysWhereFrom = 'Origin' in headers || 'Sec-Fetch-Site' in headers
  return saysWhereFrom ? headers : { ...headers, Origin: `http://${host}` }
}

/** The cookies of a browser that a page was shown in. */
export function withCookieOfPage(headers: Record<string, string>) {
  const [ofPage = ''] = checkCookie.split(';')
  const { Cookie } = headers
  return { ...headers, Cookie: Cookie ? `${Cookie}; ${ofPage}` : ofPage }
}

/**
 * The fields of a form as the page shown to this owner would send them: the values that the form acts on are sealed in
 * it.
 */
export async function fieldsOfPage(
  ctx: Ctx,
  path: string,
  { owner, fields }: { owner: FormOwner; fields: Record<string, unknown> },
): Promise<Record<string, unknown>> {
  if ('form' in fields) return fields
  const names: readonly string[] = formRouteAt('POST', path)?.shown ?? []
  const all = Object.entries(fields)
  const shown = all.filter(([name, value]) => names.includes(name) && value != null)
  const typed = all.filter(([name]) => !names.includes(name))
  const seal = formSealer(ctx, owner)
  const form = await seal([path], Object.fromEntries(shown.map(([name, to]) => [name, String(to)])))
  return { ...Object.fromEntries(typed), form }
}

/** The user to whom a page was shown that was requested with these credentials; nobody if they are invalid. */
export async function ownerBy(ctx: Ctx, headers: Record<string, string>): Promise<FormOwner> {
  const { session, apiKey } = sentCredentials(new Headers(headers))
  if (session !== null) {
    const presented = await readCredential(ctx, session, ctx.clock())
    const key = presented?.key
    const [column, value] = key && 'digest' in key ? ['digest', key.digest] : ['id', key?.id ?? 0]
    const [present, former] = await Promise.all(
      ['keyed_sessions', 'sessions'].map((table) => rowOf(table, String(column), value)),
    )
    const row = present ?? former
    return row ? { user: row.user_id, session: row.id } : NOBODY
  }
  if (apiKey === null) return NOBODY
  const row = await rowOf('api_keys', 'digest', await apiKeyDigest(apiKey.text))
  return row ? { user: row.user_id, session: null } : NOBODY
}

/** Read from storage directly, whatever the bindings of the service under test do. */
async function rowOf(table: string, column: string, value: string | number) {
  for (const database of [env.DB_US_EAST_1, env.DB_EU_CENTRAL_1]) {
    const found = database.prepare(`SELECT id, user_id FROM ${table} WHERE ${column} = ?`)
    const row = await found.bind(value).first<{ id: number; user_id: number }>()
    if (row) return row
  }
  return null
}
