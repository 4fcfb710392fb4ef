import { describe, expect, it } from 'vitest'
import { API, Service } from '../support/service.ts'

const browser = { Accept: 'text/html,application/xhtml+xml', 'Accept-Language': 'de' }

describe('An error', () => {
  it('is a page in the person’s language, with the request id', async () => {
    const { status, headers, body } = await new Service().ask('GET', '/no/such/page', {
      headers: browser,
    })
    expect(status).toBe(404)
    expect(headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(headers.get('X-Files-Error-Class')).toBe('not-found/not-found')
    expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'")
    expect(body).toContain('Diese Seite gibt es nicht')
    expect(body).toContain(headers.get('X-Request-Id'))
  })

  it('is a page even when a form was forged or storage is down', async () => {
    const service = new Service()
    const forged = await service.ask('POST', '/logout', {
      headers: { ...browser, Cookie: `__Host-latchkey=${'0'.repeat(40)}`, Origin: 'http://evil' },
    })
    expect([forged.status, forged.headers.get('Content-Type')]).toEqual([
      403,
      'text/html; charset=utf-8',
    ])
  })

  it('is the error object for programs, and below the API for everyone', async () => {
    const service = new Service()
    for (const [path, headers] of [
      ['/no/such/page', { Accept: '*/*' }],
      ['/no/such/page', {}],
      [`${API}/no/such/thing`, browser],
      ['/operator/v1/sites', browser],
    ] as [string, Record<string, string>][])
      expect((await service.ask('GET', path, { headers })).body.type).toMatch(/\//)
  })
})
