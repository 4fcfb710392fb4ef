import * as fc from 'fast-check'
import { BASE_PATH, describeRoutes } from '../../src/routes.ts'
import { bodies, type DescribedParameter, type FuzzBody, queries } from './body-generators.ts'
import { credentialHeaders, type FuzzHeader, otherHeaders } from './header-generators.ts'
import { texts } from './text-generators.ts'

/** A request as it is generated, before the runtime has had a look at it. */
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
}

type Described = {
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
    parameters: described.parameters ?? inBody(described),
  })),
)

/** The paths of all endpoints. */
export const endpointPaths = new Set(operations.map(({ path }) => path))

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
  ...['TRACE', 'CONNECT', 'get', 'BREW', 'A B', ''],
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

function pathsOf(operation: Operation): fc.Arbitrary<string> {
  const filled = texts.map((text) =>
    operation.path.replaceAll(/:\w+|\{\w+\}/g, () => encodeURIComponent(text.toWellFormed())),
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

const headers = fc.oneof(
  { weight: 2, arbitrary: fc.array(otherHeaders, { maxLength: 2 }) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(credentialHeaders, fc.array(otherHeaders, { maxLength: 2 }))
      .map(([credential, others]) => [credential, ...others]),
  },
  { weight: 1, arbitrary: fc.array(fc.oneof(credentialHeaders, otherHeaders), { maxLength: 8 }) },
)

/** Requests to one endpoint. */
function requestsTo(operation: Operation): fc.Arbitrary<FuzzRequest> {
  const withBody = operation.method !== 'GET'
  return fc.record({
    method: fc.constant(operation.method),
    host: hosts,
    path: pathsOf(operation),
    query: queries(operation.parameters),
    headers,
    body: withBody ? fc.option(bodies(operation.parameters), { freq: 8 }) : fc.constant(null),
  })
}

/** Requests by any method to anywhere. */
const strayRequests: fc.Arbitrary<FuzzRequest> = fc.record({
  method: methods,
  host: hosts,
  path: fc.oneof(strayPaths, ...operations.map(pathsOf)),
  query: queries([]),
  headers,
  body: fc.option(bodies([]), { freq: 2 }),
})

/** Requests to every endpoint and beyond. A failing one is shown with its long parts cut. */
export const requests: fc.Arbitrary<FuzzRequest> = fc
  .oneof(
    ...operations.map((operation) => ({
      weight: weightOf(operation),
      arbitrary: requestsTo(operation),
    })),
    { weight: 4, arbitrary: strayRequests },
  )
  .map((request) => Object.assign(request, { [fc.toStringMethod]: () => showRequest(request) }))

/** A log out costs a log in, for the requests after it; public documents show little. */
function weightOf({ method, path }: Operation): number {
  const endsSession = method === 'DELETE' && path.endsWith('/sessions')
  return endsSession || !path.startsWith(BASE_PATH) ? 1 : 3
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
