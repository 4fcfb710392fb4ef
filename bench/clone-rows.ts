import type { Runtime } from './runtime.ts'

type Database = Awaited<ReturnType<Runtime['database']>>

/**
 * Copies rows of a table, with some columns replaced by SQL. `from` joins the row to copy, named by the
 * table's own name, with what the copies are made of.
 */
export async function cloneRows(
  database: Database,
  table: string,
  {
    replaced,
    from,
    values = [],
  }: { replaced: Record<string, string>; from: string; values?: unknown[] },
): Promise<void> {
  const { results } = await database
    .prepare(`SELECT name FROM pragma_table_info('${table}')`)
    .all<{ name: string }>()
  const columns = results.map(({ name }) => replaced[name] ?? `original."${name}"`)
  await database
    .prepare(
      `INSERT INTO "${table}" SELECT ${columns.join(', ')} FROM "${table}" AS original, ${from}`,
    )
    .bind(...values)
    .run()
}
