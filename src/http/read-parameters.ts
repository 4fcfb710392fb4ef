import { Problem } from './problem.ts'
import { urlOf } from './request-facts.ts'

export const BODY_LIMIT_BYTES = 64 * 1024

/** Parameters as they were sent, before they are checked. */
export interface RawParameters {
  /** From a form or a query: all text, which is read as the types of the contract. */
  texts: Record<string, unknown>
  /** From JSON. */
  values: Record<string, unknown>
}

/**
 * Reads parameters in all the ways that published clients send them: JSON or a form, either without a Content-Type, a
 * multipart form, an empty body of any type, and a query on GET, HEAD and DELETE. The query of other methods is
 * ignored, so that no secret can be sent in a URL.
 * @throws {Problem} invalid-body, unsupported-media-type or invalid-input-encoding
 */
export async function readParameters(request: Request): Promise<RawParameters> {
  const takesQuery = ['GET', 'HEAD', 'DELETE'].includes(request.method)
  const query = takesQuery ? readQuery(urlOf(request).search.slice(1)) : {}
  const body = await readBody(request)
  if (body.trim() === '') return { texts: query, values: {} }
  switch (formatOf(request, body)) {
    case 'json':
      return { texts: query, values: readJson(body) }
    case 'form':
      return { texts: { ...query, ...readForm(body, unreadable) }, values: {} }
    case 'multipart':
      return { texts: { ...query, ...(await readMultipart(request, body)) }, values: {} }
  }
}

function unreadable(detail: string): Problem {
  return new Problem('bad-request/invalid-body', { values: { detail } })
}

async function readBody(request: Request): Promise<string> {
  const body = decoded(request)
  if (!body) return ''
  const bytes = isKnownToFit(request, body) ? await request.arrayBuffer() : await readBounded(body)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    throw unreadable('it is not valid UTF-8')
  }
}

/** The content codings that the runtime decodes (RFC 9110 §8.4.1). */
const CODINGS: Record<string, 'gzip' | 'deflate'> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
}

/**
 * Decodes a body. The size limit applies to the decoded body, because a small body may decode to a large one.
 * @throws {Problem} invalid-body, with the accepted codings (RFC 9110 §15.5.16)
 */
function decoded({ body, headers }: Request): ReadableStream<Uint8Array> | null {
  const coding = (headers.get('Content-Encoding') ?? '').trim().toLowerCase()
  if (!body || coding === '' || coding === 'identity') return body
  const format = Object.hasOwn(CODINGS, coding) ? CODINGS[coding] : undefined
  if (format) return body.pipeThrough(new DecompressionStream(format))
  throw new Problem('bad-request/invalid-body', {
    status: 415,
    values: { detail: 'its Content-Encoding is neither gzip nor deflate' },
    headers: { 'Accept-Encoding': 'gzip, deflate' },
  })
}

/** Whether the body is sent as it is, with a length within the limit: HTTP delivers no more than that. */
function isKnownToFit({ body, headers }: Request, decodedBody: ReadableStream): boolean {
  const length = headers.get('Content-Length')
  return decodedBody === body && length !== null && Number(length) <= BODY_LIMIT_BYTES
}

async function readBounded(body: ReadableStream<Uint8Array>): Promise<ArrayBuffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of body) {
      size += chunk.byteLength
      if (size > BODY_LIMIT_BYTES) break
      chunks.push(chunk)
    }
  } catch {
    throw unreadable('its content coding is damaged')
  }
  if (size > BODY_LIMIT_BYTES)
    throw new Problem('bad-request/invalid-body', {
      status: 413,
      values: { detail: 'it is larger than 64 KiB' },
    })
  return new Blob(chunks).arrayBuffer()
}

function formatOf(request: Request, body: string): 'json' | 'form' | 'multipart' {
  const mediaType = (request.headers.get('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase()
  switch (mediaType) {
    case 'application/json':
      return 'json'
    case 'multipart/form-data':
      return 'multipart'
    case 'application/x-www-form-urlencoded':
      // curl declares a form for `-d`, whatever it sends. Read as a form, JSON would be one odd name.
      if (isJsonObject(body))
        throw unreadable('it is JSON and was sent as a form. Add "Content-Type: application/json"')
      return 'form'
    case '':
      return /^\s*[{[]/.test(body) ? 'json' : 'form'
    default:
      throw new Problem('bad-request/unsupported-media-type')
  }
}

function isJsonObject(body: string): boolean {
  if (!/^\s*\{/.test(body)) return false
  try {
    JSON.parse(body)
    return true
  } catch {
    return false
  }
}

/** Reads what `curl -F` and `FormData` send (RFC 7578). Files are ignored. */
async function readMultipart(request: Request, body: string): Promise<Record<string, unknown>> {
  const headers = { 'Content-Type': request.headers.get('Content-Type') ?? '' }
  const parts = await new Response(body, { headers }).formData().catch(() => {
    throw unreadable('it is not valid multipart/form-data')
  })
  const values: Record<string, unknown> = Object.create(null)
  for (const [name, value] of parts) {
    if (typeof value !== 'string') throw unreadable('it holds a file, and no parameter is one')
    assign(values, name, value)
  }
  return values
}

function readJson(body: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw unreadable('it is not valid JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unreadable('it is not a JSON object')
  return value as Record<string, unknown>
}

function readQuery(query: string): Record<string, unknown> {
  return readForm(query, () => new Problem('bad-request/invalid-input-encoding'))
}

/** Reads `a=b&c[d]=e&f[]=g`. Later values of one name replace earlier ones. */
function readForm(text: string, badEncoding: (detail: string) => Problem): Record<string, unknown> {
  const values: Record<string, unknown> = Object.create(null)
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const split = pair.indexOf('=')
    const name = decodeFormText(split < 0 ? pair : pair.slice(0, split), badEncoding)
    const value = split < 0 ? '' : decodeFormText(pair.slice(split + 1), badEncoding)
    assign(values, name, value)
  }
  return values
}

const STRAY_PERCENT = /%(?![0-9a-f]{2})/i

function decodeFormText(text: string, badEncoding: (detail: string) => Problem): string {
  if (STRAY_PERCENT.test(text))
    throw badEncoding('it has a "%" that begins no escape. Send it as "%25"')
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw badEncoding('it is not valid UTF-8')
  }
}

function assign(values: Record<string, unknown>, name: string, value: string) {
  const [, outer, inner] = /^([^[\]]+)\[([^[\]]*)\]$/.exec(name) ?? []
  if (outer === undefined || inner === undefined) {
    values[name] = value
    return
  }
  if (inner === '') {
    const list = values[outer]
    if (Array.isArray(list)) list.push(value)
    else values[outer] = [value]
    return
  }
  const held = values[outer]
  const nested: Record<string, unknown> =
    typeof held === 'object' && held !== null && !Array.isArray(held)
      ? (held as Record<string, unknown>)
      : Object.create(null)
  nested[inner] = value
  values[outer] = nested
}
