import type { PreparedQuery } from 'drizzle-orm/session'
import type { ReplicatedDatabase } from './regional-database.ts'

/** A statement that has not run yet: one of Drizzle's, or a compiled one. */
export interface Statement<Result = unknown> {
  /** The type of its result. Does not exist at run time. */
  readonly _: { readonly result: Result }
  prepare(): Pick<PreparedQuery, 'getQuery' | 'mapResult'>
}

/** One statement, a list of statements, or null for none. */
type Entry = Statement | readonly Statement[] | null

type Answers<Entries extends Record<string, Entry>> = {
  [Name in keyof Entries]: Answer<Entries[Name]>
}

type Answer<One> =
  One extends Statement<infer Result>
    ? Result
    : One extends readonly Statement<infer Result>[]
      ? Result[]
      : null

/**
 * Runs statements at the primary in one transaction and one round trip, in the order of their names. Returns each
 * result under its statement's name: rows, or D1's own result with `meta.changes`.
 */
export async function batch<const Entries extends Record<string, Entry>>(
  database: ReplicatedDatabase,
  entries: Entries,
): Promise<Answers<Entries>> {
  const prepared = Object.entries(entries)
    .flatMap(([name, entry]) => listOf(entry).map((statement) => ({ name, statement })))
    .map(({ name, statement }) => ({ name, query: statement.prepare() }))
  const client = database.primary.$client
  const bound = prepared.map(({ query }) => {
    const { sql, params } = query.getQuery()
    return client.prepare(sql).bind(...params)
  })
  const results = await client.batch(bound)
  const answers = prepared.map(({ name, query }, index) => ({
    name,
    answer: query.mapResult(results[index], true),
  }))
  const named = Object.entries(entries).map(([name, entry]) => {
    const own = answers.filter((one) => one.name === name).map(({ answer }) => answer)
    return [name, isList(entry) ? own : (own[0] ?? null)]
  })
  return Object.fromEntries(named)
}

function listOf(entry: Entry): readonly Statement[] {
  if (entry === null) return []
  return isList(entry) ? entry : [entry]
}

function isList(entry: Entry): entry is readonly Statement[] {
  return Array.isArray(entry)
}
