import * as fc from 'fast-check'
import { BASE_PATH } from '../../src/http/route.ts'
import { describeRoutes } from '../../src/routes.ts'
import {
  bodies,
  credibleValue,
  type DescribedParameter,
  type FuzzBody,
  queries,
} from './body-generators.ts'
import { credentialHeaders, type FuzzHeader, type Live, otherHeaders } from './header-generators.ts'
import { texts } from './text-generators.ts'

/** A request as it is generated, before the runtime sees it. */
export interface FuzzRequest {
  method: string
  host: string
  path: string
  query: string
  headers: FuzzHeader[]
  body: FuzzBody | null
}

interface Operation {
  method: string
  path: string
  parameters: DescribedParameter[]
  /** The credentials that it accepts. */
  takes: (keyof Live)[]
  /** Whether it creates something, which needs many valid parameters at once. */
  makes: boolean
}

type Described = {
  responses: Record<string, unknown>
  security: Record<string, unknown>[]
  parameters?: DescribedParameter[]
  requestBody?: {
    content: { 'application/json': { schema: { properties: Record<string, object> } } }
  }
}

/** Every endpoint of the API description. */
const operations: Operation[] = Object.entries(
  (describeRoutes() as { paths: Record<string, Record<string, Described>> }).paths,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, described]) => ({
    method: method.toUpperCase(),
    path,
    parameters: [...(described.parameters ?? []), ...inBody(described)],
    takes: described.security.some((scheme) => 'operatorToken' in scheme)
      ? ['operator']
      : ['session', 'token'],
    makes: '201' in described.responses,
  })),
)

function inBody({ requestBody }: Described): DescribedParameter[] {
  const properties = requestBody?.content['application/json'].schema.properties ?? {}
  return Object.entries(properties).map(([name, schema]) => ({ name, schema }))
}

const hosts = fc.oneof(
  { weight: 12, arbitrary: fc.constant('localhost') },
  { weight: 3, arbitrary: fc.constantFrom('us-east-1.localhost', 'eu-central-1.localhost') },
  { weight: 3, arbitrary: fc.constantFrom('mysite.localhost', 'MYSITE.LOCALHOST') },
  { weight: 1, arbitrary: fc.constantFrom('other.localhost', 'xn--80ak6aa92e.localhost') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'example.com',
      'localhost.',
      'localhost:8787',
      'a.b.localhost',
      '_.localhost',
      '-.localhost',
      `${'x'.repeat(63)}.localhost`,
      `${'x'.repeat(64)}.localhost`,
      '127.0.0.1',
      '[::1]',
      'jane:secret@localhost',
    ),
  },
)

const methods = fc.constantFrom(
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'QUERY'],
  ...['TRACE', 'get', 'BREW', ''],
)

const pathChanges = fc.constantFrom<(path: string) => string>(
  (path) => `${path}.JSON`,
  (path) => `${path}.json.json`,
  (path) => `${path}/`,
  (path) => `${path}//`,
  (path) => `/${path}`,
  (path) => path.toUpperCase(),
  (path) => path.replace(/\/(\w+)$/, '//$1'),
  (path) => path.replace(/\/(\w+)$/, '%2F$1'),
  (path) => path.replace(/\/(\w+)$/, '\\$1'),
  (path) => path.replaceAll('s', '%73'),
  (path) => `${path}%00`,
  (path) => `${path}%ff`,
  (path) => `${path}%`,
  (path) => `${path};x=1`,
  (path) => `${path}#${path}`,
  (path) => `${path}/..${path}`,
  (path) => `/x/%2e%2e${path}`,
  (path) => `${path}/__proto__`,
)

function pathsOf({ path, parameters }: Operation): fc.Arbitrary<string> {
  const values = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => {
    const described = parameters.find((parameter) => parameter.name === name)
    const known = described ? credibleValue(described).map(String) : texts
    return fc.oneof({ weight: 2, arbitrary: known }, { weight: 1, arbitrary: texts })
  })
  const filled = fc
    .tuple(...values)
    .map((values) =>
      values.reduce(
        (path, value) => path.replace(/\{\w+\}/, () => encodeURIComponent(value.toWellFormed())),
        path,
      ),
    )
  return fc.oneof(
    { weight: 8, arbitrary: filled },
    { weight: 2, arbitrary: filled.map((path) => `${path}.json`) },
    { weight: 2, arbitrary: fc.tuple(filled, pathChanges).map(([path, change]) => change(path)) },
  )
}

const strayPaths = fc.oneof(
  fc.webPath().map((path) => `/${path}`),
  texts.map((text) => `/${text}`),
  texts.map((text) => `${BASE_PATH}/${text}`),
  fc.constantFrom('/', '//', '/.env', '/..;/', '/%00', '/%', BASE_PATH, `${BASE_PATH}/.json`),
)

function headers(good: (keyof Live)[]): fc.Arbitrary<FuzzHeader[]> {
  const credential = credentialHeaders(good)
  const others = fc.array(otherHeaders, { maxLength: 2 })
  const oneCredential = fc.tuple(credential, others).map(([one, others]) => [one, ...others])
  const many = fc.array(fc.oneof(credential, otherHeaders), { maxLength: 8 })
  return fc.oneof(
    { weight: 2, arbitrary: others },
    { weight: 5, arbitrary: oneCredential },
    { weight: 1, arbitrary: many },
  )
}

/** Requests to one endpoint. */
function requestsTo(operation: Operation): fc.Arbitrary<FuzzRequest> {
  const withBody = operation.method !== 'GET'
  return fc.record({
    method: fc.constant(operation.method),
    host: hosts,
    path: pathsOf(operation),
    query: queries(operation.parameters),
    headers: headers(operation.takes),
    body: withBody ? fc.option(bodies(operation.parameters), { freq: 8 }) : fc.constant(null),
  })
}

/** Requests with any method to any path. */
const strayRequests: fc.Arbitrary<FuzzRequest> = fc.record({
  method: methods,
  host: hosts,
  path: fc.oneof(strayPaths, ...operations.map(pathsOf)),
  query: queries([]),
  headers: headers(['session', 'token', 'operator']),
  body: fc.option(bodies([]), { freq: 1 }),
})

/** Requests to every endpoint and beyond. A failing one is shown with its long parts shortened. */
export const requests: fc.Arbitrary<FuzzRequest> = fc
  .oneof(
    ...operations.map((operation) => ({
      weight: weightOf(operation),
      arbitrary: requestsTo(operation),
    })),
    { weight: 4, arbitrary: strayRequests },
  )
  .map((request) => Object.assign(request, { [fc.toStringMethod]: () => showRequest(request) }))

/** A logout costs a login, as do many operator calls, and public documents show little. */
function weightOf({ method, path, makes }: Operation): number {
  if (makes) return 8
  if (path.startsWith('/operator/')) return 2
  return (method === 'DELETE' && path.endsWith('/sessions')) || !path.startsWith(BASE_PATH) ? 1 : 3
}

function showRequest({ method, host, path, query, headers, body }: FuzzRequest): string {
  return [
    `${method} ${shown(`http://${host}${path}${query}`)}`,
    ...headers.map(([name, value]) => `${name}: ${shown(value)}`),
    body ? `Content-Type: ${body.type}, body ${shown(body.text)}` : 'no body',
  ].join(' | ')
}

function shown(text: string | Uint8Array): string {
  const json = JSON.stringify(typeof text === 'string' ? text : Array.from(text))
  return json.length < 400 ? json : `${json.slice(0, 400)}… (${text.length} long)`
}
