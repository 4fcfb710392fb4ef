import * as fc from 'fast-check'
import { BODY_LIMIT_BYTES } from '../../src/http/read-parameters.ts'
import { knownValues, plainTexts, texts, textsFor } from './text-generators.ts'

/** A parameter as the API description shows it. */
export interface DescribedParameter {
  name: string
  schema: { type?: string; enum?: unknown[] }
}

/** A body with its Content-Type, or null for none. */
export interface FuzzBody {
  type: string | null
  text: string | Uint8Array<ArrayBuffer>
}

type Member = [name: string, json: string]

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

/** JSON values that few programs expect. */
const oddValues = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    '0',
    '-0',
    '1.5',
    '1e400',
    '-1e400',
    '9007199254740993',
    '123456789012345678901234567890',
    '""',
    '[]',
    '{}',
    '[[[]]]',
    '"\\ud800"',
    '"\\u0000"',
    '"\\u0061\\u0301"',
  ),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
)

function names(parameters: DescribedParameter[]): fc.Arbitrary<string> {
  const known = parameters.map(({ name }) => name)
  return known.length === 0
    ? texts
    : fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(...known) },
        { weight: 1, arbitrary: texts },
        { weight: 1, arbitrary: fc.constantFrom(...known.map((name) => `${name}[a]`)) },
      )
}

/** Members in any order, including wrong ones and repeated names. */
function members(parameters: DescribedParameter[]): fc.Arbitrary<Member[]> {
  const anyText = names(parameters).chain((name) =>
    textsFor(name).map((text): Member => [name, JSON.stringify(text)]),
  )
  const anyValue = fc.tuple(names(parameters), oddValues)
  return fc.array(fc.oneof({ weight: 3, arbitrary: anyText }, { weight: 1, arbitrary: anyValue }), {
    maxLength: 5,
  })
}

/** What a well-meaning client sends, with another value for one or two of the names appended. */
function spoiltMembers(parameters: DescribedParameter[]): fc.Arbitrary<Member[]> {
  return fc
    .tuple(credibleMembers(parameters), members(parameters))
    .map(([credible, others]) => [...credible, ...others.slice(0, 2)])
}

/** One value of the described type for each parameter, as a well-meaning client sends it. */
function credibleMembers(parameters: DescribedParameter[]): fc.Arbitrary<Member[]> {
  return fc.tuple(
    ...parameters.map((parameter) =>
      credibleValue(parameter).map((value): Member => [parameter.name, JSON.stringify(value)]),
    ),
  )
}

/** A value of the described type, usually one that the service knows. */
export function credibleValue({ name, schema }: DescribedParameter): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.type === 'integer') return fc.oneof(fc.constantFrom(0, 1, 100), fc.maxSafeInteger())
  if (schema.type === 'boolean') return fc.boolean()
  const known = Object.hasOwn(knownValues, name) ? (knownValues[name] ?? []) : []
  const text = textsFor(name, plainTexts)
  return known.length === 0
    ? text
    : fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: text })
}

function asJson(members: Member[]): string {
  return `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`
}

/** The members as a form: strings as they are, every other value as its JSON. */
function asForm(members: Member[]): string {
  return members.map(([name, json]) => `${escaped(name)}=${escaped(plain(json))}`).join('&')
}

function plain(json: string): string {
  return json.startsWith('"') ? JSON.parse(json) : json
}

function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

const contentTypes = fc.constantFrom(
  null,
  '',
  JSON_TYPE,
  FORM_TYPE,
  'APPLICATION/JSON;charset=UTF-8',
  'application/json; charset=utf-16',
  `${JSON_TYPE}, ${FORM_TYPE}`,
  'application/merge-patch+json',
  'multipart/form-data; boundary=x',
  'text/plain',
  ';',
  'x'.repeat(4096),
)

/** The bytes of a valid body with one of them changed, or with its end cut off. */
function damaged(text: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  return fc
    .record({ text, at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), cut: fc.boolean() })
    .map(({ text, at, byte, cut }) => {
      const bytes = new Uint8Array(new TextEncoder().encode(text))
      const place = at % (bytes.length + 1)
      if (cut) return bytes.slice(0, place)
      bytes.set([byte].slice(0, bytes.length - place), place)
      return bytes
    })
}

const deepOrLong = fc.constantFrom(
  '['.repeat(60 * 1024),
  '{"a":'.repeat(12 * 1024),
  `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
  `{"username":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
  'a[]=1&'.repeat(10_000),
  '&'.repeat(BODY_LIMIT_BYTES),
  `a=${'b'.repeat(BODY_LIMIT_BYTES - 2)}`,
  'a'.repeat(BODY_LIMIT_BYTES + 1),
  '\u00e9'.repeat(BODY_LIMIT_BYTES),
)
const blank = fc.constantFrom('', ' ', '\r\n', '\ufeff', '{}', '[]', 'null', '"x"', '7', '=', '&')

/** Bodies for a request with these parameters: valid, almost valid, and arbitrary. */
export function bodies(parameters: DescribedParameter[]): fc.Arbitrary<FuzzBody> {
  const json = members(parameters).map(asJson)
  const form = members(parameters).map(asForm)
  const sent = (type: string | null, text: fc.Arbitrary<FuzzBody['text']>) =>
    text.map((text): FuzzBody => ({ type, text }))
  const underAnyType = (text: fc.Arbitrary<FuzzBody['text']>) =>
    fc.record({ type: contentTypes, text })
  return fc.oneof(
    { weight: 8, arbitrary: sent(JSON_TYPE, json) },
    { weight: 8, arbitrary: sent(FORM_TYPE, form) },
    { weight: 2, arbitrary: sent(JSON_TYPE, credibleMembers(parameters).map(asJson)) },
    { weight: 1, arbitrary: sent(FORM_TYPE, credibleMembers(parameters).map(asForm)) },
    { weight: 3, arbitrary: sent(JSON_TYPE, spoiltMembers(parameters).map(asJson)) },
    { weight: 2, arbitrary: sent(FORM_TYPE, spoiltMembers(parameters).map(asForm)) },
    { weight: 2, arbitrary: sent(null, json) },
    { weight: 4, arbitrary: underAnyType(fc.oneof(json, form, texts)) },
    { weight: 3, arbitrary: underAnyType(damaged(fc.oneof(json, form))) },
    { weight: 2, arbitrary: underAnyType(blank) },
    { weight: 1, arbitrary: underAnyType(fc.uint8Array({ maxLength: 64 }).map(copied)) },
    { weight: 2, arbitrary: underAnyType(deepOrLong) },
  )
}

/** Queries with these parameters, well and badly encoded. */
export function queries(parameters: DescribedParameter[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant('') },
    { weight: 3, arbitrary: members(parameters).map((sent) => `?${asForm(sent)}`) },
    { weight: 3, arbitrary: credibleMembers(parameters).map((sent) => `?${asForm(sent)}`) },
    { weight: 1, arbitrary: texts.map((text) => `?${text}`) },
    { weight: 1, arbitrary: fc.constantFrom('?', '??', '?%', '?a=%ff', '?%ed%a0%80', '?&&=&=') },
  )
}

function copied(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}
