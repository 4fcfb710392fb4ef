import { Validator } from '@cfworker/json-schema'
import { expect } from 'vitest'
import { BASE_PATH } from '../../src/http/route.ts'
import { describeRoutes } from '../../src/routes.ts'

type Json = Record<string, unknown>
type Operation = { responses: Record<string, { content?: Record<string, { schema: Json }> }> }

const description = JSON.parse(JSON.stringify(describeRoutes())) as {
  paths: Record<string, Record<string, Operation>>
  components: Json
}

const templates = Object.keys(description.paths)
  .filter((path) => path.includes('{'))
  .map((path) => ({
    path,
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }))

const validators = new Map<Json, Validator>()

/** One validator for each schema, since resolving references takes longer than validating. */
function validatorOf(schema: Json): Validator {
  const known = validators.get(schema)
  if (known) return known
  const made = new Validator({ ...schema, components: description.components }, '2020-12')
  validators.set(schema, made)
  return made
}

/** The path of the API description that matches this one. */
export function describedPath(pathname: string): string | undefined {
  if (Object.hasOwn(description.paths, pathname)) return pathname
  return templates.find(({ pattern }) => pattern.test(pathname))?.path
}

/** The path without needless escapes and, in the API, without extra slashes. */
function plainPath(path: string): string {
  const plain = path.replaceAll(/%(2d|2e|3\d|4[1-9a-f]|5[0-9a]|5f|6[1-9a-f]|7[0-9a]|7e)/gi, (one) =>
    decodeURIComponent(one),
  )
  const squeezed = plain.replaceAll(/\/+/g, '/')
  return squeezed.startsWith(`${BASE_PATH}/`) ? squeezed.replace(/\/?(\.json)?\/?$/, '') : plain
}

/** Fails unless the API description describes this reply: its status, and its body to the last field. */
export function expectDescribed<
  Answer extends { status: number; headers: Headers; body?: unknown },
>(method: string, path: string, answer: Answer): Answer {
  // With no-referrer, browsers would send `Origin: null` with the form, which would then be refused.
  if (typeof answer.body === 'string' && answer.body.includes('method="post"'))
    expect(answer.headers.get('Referrer-Policy'), path).not.toBe('no-referrer')
  const plain = plainPath(path.split('?')[0] ?? '')
  const pathname = plain.replace(/\.json$/, '')
  const known = description.paths[describedPath(pathname) ?? describedPath(plain) ?? '']
  const template = templates.find(({ pattern }) => pattern.test(pathname))?.path ?? ''
  const name = (method === 'HEAD' ? 'GET' : method).toLowerCase()
  const operation = known?.[name] ?? description.paths[template]?.[name]
  if (method === 'OPTIONS' && answer.status === 204) return answer
  // A path that ends in .json twice has another route than it seems.
  if (answer.status === 405) return answer
  if (!operation || !(pathname.startsWith(BASE_PATH) || known)) {
    expect([403, 404, 405], `${method} ${path}`).toContain(answer.status)
    return answer
  }
  const response = operation.responses[String(answer.status)]
  expect(response, `${method} ${path} → ${answer.status} is not described`).toBeDefined()
  const [mediaType = ''] = (answer.headers.get('Content-Type') ?? '').split(';')
  const content =
    response?.content?.[mediaType] ?? response?.content?.[`${mediaType.split('/')[0]}/*`]
  const schema = content?.schema
  if (method === 'HEAD') return answer
  if (!schema)
    expect(answer.body, `${method} ${path} → ${answer.status} has a body`).toBeUndefined()
  else {
    const { valid, errors } = validatorOf(schema).validate(answer.body)
    expect(valid, `${method} ${path} → ${answer.status}: ${JSON.stringify(errors)}`).toBe(true)
  }
  return answer
}
