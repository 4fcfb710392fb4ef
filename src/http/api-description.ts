import * as z from 'zod'
import { type ProblemType, statusOf } from './problem.ts'
import { isForPeopleToo } from './problem-reply.ts'
import { rateLimits } from './rate-limits.ts'
import { apiObject, fullPath, isAnonymous, isForm, type Route } from './route.ts'

type Json = Record<string, unknown>

interface Described {
  description: string
  content?: Record<string, { schema: Json }>
}
type Responses = Record<string, Described>

const problemObject = apiObject('Problem', {
  error: z.string().describe('What happened and what to do, in the caller’s language'),
  'http-code': z.int(),
  instance: z.string().describe('The X-Request-Id of the reply'),
  title: z.string(),
  type: z.string().describe('The machine-readable name, the same in every language'),
  data: z.record(z.string(), z.unknown()).optional(),
  errors: z.array(z.string()).optional(),
  model_errors: z.record(z.string(), z.array(z.string())).optional(),
})

/** Problems that every route may return. */
const everywhere: ProblemType[] = [
  'bad-request/https-required',
  'bad-request/invalid-body',
  'bad-request/invalid-input-encoding',
  'bad-request/request-params-invalid',
  'bad-request/request-params-required',
  'bad-request/unsupported-media-type',
  'not-authenticated/invalid-credentials',
  'service-unavailable/not-configured',
  'service-unavailable/unexpected',
]

/** Problems that every form may return. */
const formProblems = [
  'not-authorized/cookies-required',
  'not-authorized/form-of-another-session',
  'not-authorized/form-outdated',
] as const

/** In Markdown. */
const HOW_TO_CALL = `Logins and sessions at the edge: the Session API of Files.com.

Send parameters as JSON or as a form; with GET and DELETE, in the query. Replies are JSON.

POST \`/sessions\` creates a session. Send its \`token\` as \`Authorization: Bearer\`, or its string \`id\` as
\`X-FilesAPI-Auth\`, as the official SDKs do. Send an API key as \`X-FilesAPI-Key\`. The operator sends the operator token
as \`Authorization: Bearer\`.

Every error is a Problem. Its \`type\` is for programs and the same in every language. With its \`instance\`, the operator
finds the request in the log.`

const securitySchemes: Record<string, { description: string } & Json> = {
  sessionString: {
    type: 'apiKey',
    in: 'header',
    name: 'X-FilesAPI-Auth',
    description: 'session string',
  },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-FilesAPI-Key', description: 'API key' },
  sessionToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'session token',
  },
  operatorToken: { type: 'http', scheme: 'bearer', description: 'operator token' },
  serviceToken: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Latchkey-Service',
    description: 'service token',
  },
}

/** Returns the OpenAPI 3.1 description of the routes. */
export function describeApi(routes: readonly Route[]): Json {
  const schemas: Json = {}
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    const path = templatedPath(fullPath(route))
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, schemas) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Latchkey', version: '1', description: HOW_TO_CALL },
    paths,
    components: { schemas, securitySchemes },
  }
}

function operation(route: Route, schemas: Json): Json {
  return {
    operationId: operationId(route),
    summary: route.summary,
    tags: [tagOf(route)],
    ...(route.access.security.length > 0 && { description: credentialsOf(route) }),
    security: route.access.security,
    ...parametersOf(route, schemas),
    responses: {
      ...eitherOf(successes(route, schemas), failures(route, schemas)),
      ...(route.cacheSeconds && { 304: { description: 'The cached copy is current' } }),
    },
  }
}

/** Describes the credentials in text, because the API reference does not show `security`. */
function credentialsOf({ access: { security } }: Route): string {
  const schemes = security.flatMap((each) => Object.keys(each))
  const names = schemes.map((scheme) => securitySchemes[scheme]?.description)
  return `Credential: ${names.join(' or ')}.`
}

/** The tag under which a route is listed. */
function tagOf({ base, path, mediaType }: Route): string {
  const [, part = ''] = path.split('/')
  if (base !== false || part === 'operator') return part
  return mediaType === undefined ? 'service' : 'pages'
}

/** A route's parameters: in the path; otherwise in the query of a GET or DELETE, or in the body. */
function parametersOf(route: Route, schemas: Json): Json {
  const inPath = pathParameterNames(route.path)
  const inQuery = route.method === 'GET' || route.method === 'DELETE'
  const schema = schemaOf(sentTo(route), schemas) as {
    properties: Record<string, Json>
    required?: string[]
  }
  const names = Object.keys(schema.properties)
  const inBody = names.filter((name) => !inQuery && !inPath.includes(name))
  const parameters = names
    .filter((name) => !inBody.includes(name))
    .map((name) => ({
      name,
      in: inPath.includes(name) ? 'path' : 'query',
      required: schema.required?.includes(name) ?? false,
      schema: schema.properties[name],
    }))
  const body = only(inBody, schema)
  return {
    ...(parameters.length > 0 && { parameters }),
    ...(inBody.length > 0 && {
      requestBody: {
        required: (body.required ?? []).length > 0,
        content: {
          'application/json': { schema: body },
          'application/x-www-form-urlencoded': { schema: body },
        },
      },
    }),
  }
}

/** The names of a path's parameters: `/users/:username` → username. */
function pathParameterNames(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
}

/** A path as OpenAPI writes it: `/users/{username}`. */
export function templatedPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}')
}

/** What a client sends. A form's sealed parameters are not among it. */
function sentTo(route: Route): z.ZodType {
  if (!isForm(route)) return route.parameters
  const typed = Object.entries(route.parameters.shape).filter(
    ([name]) => !route.shown?.includes(name),
  )
  const form = z.string().describe('Sealed by the page: what it showed, and to whom')
  return z.object({ ...Object.fromEntries(typed), form })
}

/** Returns an object schema with only these properties. */
function only<Schema extends { properties: Record<string, Json>; required?: string[] }>(
  names: string[],
  schema: Schema,
): Schema {
  const properties = Object.entries(schema.properties).filter(([name]) => names.includes(name))
  const required = schema.required?.filter((name) => names.includes(name))
  return { ...schema, properties: Object.fromEntries(properties), ...(required && { required }) }
}

function operationId({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter(Boolean)
  return [method.toLowerCase(), ...words].join('_')
}

function successes(route: Route, schemas: Json): Responses {
  return Object.fromEntries(
    Object.entries(route.replies).map(([status, { description, body }]) => [
      status,
      {
        description,
        ...(body && {
          content: { [route.mediaType ?? 'application/json']: { schema: schemaOf(body, schemas) } },
        }),
      },
    ]),
  )
}

function failures(route: Route, schemas: Json): Responses {
  const types = new Set<ProblemType>([
    ...route.access.problems,
    ...route.problems,
    ...(route.method === 'GET' ? [] : (['not-authorized/cross-site-request'] as const)),
    ...limitProblems(route),
    ...(isForm(route) ? formProblems : []),
    ...everywhere,
  ])
  const byStatus = Map.groupBy(types, statusOf)
  byStatus.set(413, ['bad-request/invalid-body'])
  if (route.method !== 'GET') byStatus.set(415, ['bad-request/invalid-body'])
  const schema = schemaOf(problemObject, schemas)
  return Object.fromEntries(
    [...byStatus].map(([status, types]) => [
      status,
      {
        description: types.join(', '),
        content: {
          'application/json': {
            schema: { allOf: [schema, { properties: { type: { enum: types } } }] },
          },
          ...(isForPeopleToo(route.base === false ? route.path : '/api/') && {
            'text/html': { schema: { type: 'string' } },
          }),
        },
      },
    ]),
  )
}

/** Callers without credentials are always rate limited, at the latest before the first round trip to storage. */
function limitProblems(route: Route): ProblemType[] {
  const limit = route.limit ?? (isAnonymous(route) ? 'anonymous' : undefined)
  return limit && !route.problemReply ? [rateLimits[limit].problem] : []
}

/** Under one status a route may return a reply of its own or a problem. */
function eitherOf(replies: Responses, problems: Responses): Responses {
  const both = Object.entries(replies).flatMap(([status, reply]) => {
    const problem = problems[status]
    return problem ? [[status, oneOf(reply, problem)] as const] : []
  })
  return { ...problems, ...replies, ...Object.fromEntries(both) }
}

function oneOf(...responses: Described[]): Described {
  const contents = responses.flatMap(({ content }) => Object.entries(content ?? {}))
  const byMediaType = Map.groupBy(contents, ([mediaType]) => mediaType)
  return {
    description: responses.map(({ description }) => description).join('; or: '),
    content: Object.fromEntries(
      [...byMediaType].map(([mediaType, either]) => {
        const [first, ...others] = either.map(([, { schema }]) => schema)
        const schema = others.length > 0 ? { anyOf: [first, ...others] } : (first as Json)
        return [mediaType, { schema }]
      }),
    ),
  }
}

/** Converts a zod schema to JSON Schema. Named schemas are added to `schemas` and referenced. */
function schemaOf(schema: z.ZodType, schemas: Json): Json {
  const { $defs, properties } = z.toJSONSchema(z.object({ it: schema }))
  const moved = (part: unknown) =>
    JSON.parse(JSON.stringify(part).replaceAll('#/$defs/', '#/components/schemas/'))
  Object.assign(schemas, moved($defs ?? {}))
  return moved(properties?.it)
}
