import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Latchkey, startLatchkey } from './support/latchkey.ts'
import { type PlainReply, plainRequest } from './support/plain-http.ts'
import './support/localhost-names.ts'

const SERVED = 'dist/assets'
const YEAR_SECONDS = 31_536_000
const NOTHING = "default-src 'none'; frame-ancestors 'none'"

const hosts = ['localhost', 'us-east-1.localhost', 'mysite.localhost', 'nobody.localhost']
const assets = readdirSync(join(SERVED, 'assets')).map((name) => `/assets/${name}`)

let latchkey: Latchkey
beforeAll(async () => {
  latchkey = await startLatchkey()
})
afterAll(() => latchkey.stop())

function get(path: string, host = 'localhost', headers = {}): Promise<PlainReply> {
  return plainRequest('GET', latchkey.origin.replace('localhost', host) + path, { headers })
}

describe('Static assets', () => {
  it.each(hosts)('are served at every host, without the Worker: %s', async (host) => {
    for (const path of ['/favicon.ico', ...assets]) {
      const { status, headers } = await get(path, host)
      expect([path, status, headers['x-request-id']]).toEqual([path, 200, undefined])
    }
  })

  it('are the files of src/ui, under the digest of their content', async () => {
    expect(assets.length).toBeGreaterThan(3)
    for (const path of assets.filter((path) => !path.includes('swagger-ui'))) {
      const [name, digest, extension] = basename(path).split('.')
      expect(digest).toMatch(/^[0-9a-f]{16}$/)
      const { body } = await get(path)
      expect(body).toBe(readFileSync(`src/ui/${name}.${extension}`, 'utf8'))
    }
  })

  it.each([
    ['css', 'text/css; charset=utf-8'],
    ['js', 'text/javascript; charset=utf-8'],
    ['svg', 'image/svg+xml'],
  ])('have the media type of their extension: %s', async (extension, mediaType) => {
    const ofKind = assets.filter((path) => path.endsWith(`.${extension}`))
    expect(ofKind).not.toEqual([])
    for (const path of ofKind) expect((await get(path)).headers['content-type']).toBe(mediaType)
  })

  it('may be cached for a year if their name has a digest, and the icon for a day', async () => {
    for (const path of assets)
      expect((await get(path)).headers['cache-control']).toBe(
        `public, max-age=${YEAR_SECONDS}, immutable`,
      )
    const { headers } = await get('/favicon.ico')
    expect(headers['cache-control']).toBe('public, max-age=86400')
    expect(headers['content-type']).toBe('image/vnd.microsoft.icon')
  })

  it('carry the security headers of the pages, and a content security policy that allows nothing', async () => {
    const page = securityHeaders(await get('/login'))
    expect(Object.keys(page).toSorted()).toEqual([
      'cross-origin-opener-policy',
      'cross-origin-resource-policy',
      'origin-agent-cluster',
      'referrer-policy',
      'strict-transport-security',
      'x-content-type-options',
      'x-frame-options',
      'x-permitted-cross-domain-policies',
    ])
    for (const path of ['/favicon.ico', ...assets]) {
      const reply = await get(path)
      expect([path, securityHeaders(reply)]).toEqual([path, page])
      expect([path, reply.headers['content-security-policy']]).toEqual([path, NOTHING])
    }
  })

  it('are all that pages load, with nothing from another host', async () => {
    for (const path of ['/login', '/forgot', '/reset', '/no/such/page']) {
      const { body } = await get(path, 'mysite.localhost', { Accept: 'text/html' })
      const loaded = [...body.matchAll(/<(?:link|script|img)\b[^>]* (?:href|src)="([^"]*)"/g)]
      expect(loaded.length).toBeGreaterThan(3)
      expect(loaded.filter(([, url = '']) => !assets.includes(url))).toEqual([])
      expect(body).not.toMatch(/<style|\bstyle=|<script(?![^>]*src)/)
    }
  })

  it('match no other paths and methods: the Worker answers those', async () => {
    const { status, headers } = await get('/assets/style.0000000000000000.css')
    expect([status, headers['cache-control']]).toEqual([404, 'no-store'])
    for (const path of ['/_headers', '/assets/', '/assets/../_headers', '/asset-paths.json'])
      expect((await get(path)).headers['x-files-error-class']).toBe('not-found/not-found')
    expect((await plainRequest('POST', latchkey.origin + assets[0])).status).toBe(405)
  })
})

/** The headers of a reply that do not depend on its content. */
function securityHeaders({ headers }: PlainReply): Record<string, unknown> {
  const named = /^(cross-origin-|x-(?!request-id)|strict-transport-|referrer-|origin-agent-)/
  return Object.fromEntries(Object.entries(headers).filter(([name]) => named.test(name)))
}
