/** The parts of an OpenAPI 3.1 description that the page shows. */
export interface ApiDescription {
  info: { title: string; description: string }
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

export interface Operation {
  operationId: string
  summary: string
  security: Record<string, unknown>[]
  parameters?: { name: string; in: string; required: boolean; schema: Schema }[]
  requestBody?: Content
  responses: Record<string, Content & { description: string }>
}

interface Content {
  content?: Record<string, { schema: Schema }>
}

export interface Schema {
  $ref?: string
  type?: string | string[]
  description?: string
  format?: string
  enum?: unknown[]
  const?: unknown
  items?: Schema
  anyOf?: Schema[]
  allOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
}

/** An operation with where it is called. */
export interface Call extends Operation {
  method: string
  path: string
}

/** Every operation, by the part of the service that it belongs to. */
export function callsByPart(description: ApiDescription): Map<string, Call[]> {
  const calls = Object.entries(description.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  )
  const found = Map.groupBy(calls, ({ path }) => partOf(path))
  return new Map(parts.map((part) => [part, found.get(part) ?? []]))
}

const parts = ['Session API', 'Operator API', 'Service']

/** With its full stop. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

/** The id of a part's heading. */
export function idOf(part: string): string {
  return part.toLowerCase().replaceAll(' ', '-')
}

function partOf(path: string): string {
  if (path.startsWith('/api/')) return 'Session API'
  return path.startsWith('/operator/') ? 'Operator API' : 'Service'
}

/** The errors that a reply of each status may carry, by status. */
export function problemsOf({ responses }: Operation): Map<string, string[]> {
  const problems = Object.entries(responses).map(([status, { content }]) => {
    const schemas = Object.values(content ?? {}).flatMap(({ schema }) => schema.anyOf ?? [schema])
    const types = schemas.flatMap(({ allOf }) => allOf?.at(-1)?.properties?.type?.enum ?? [])
    return [status, types.map(String)] as const
  })
  return new Map(problems.filter(([, types]) => types.length > 0))
}

/** The errors that every operation may answer with. */
export function problemsEverywhere(calls: Call[]): string[] {
  const [first = [], ...others] = calls.map((call) => [...problemsOf(call).values()].flat())
  const common = first.filter((type) => others.every((types) => types.includes(type)))
  return [...new Set(common)]
}
