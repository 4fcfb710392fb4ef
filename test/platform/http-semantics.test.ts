import { describe, expect, it } from 'vitest'
import { API, Service } from '../support/service.ts'

describe('HTTP', () => {
  it('answers HEAD as GET, without a body', async () => {
    const service = new Service()
    const { status, body, headers } = await service.ask('HEAD', '/.well-known/jwks.json')
    expect([status, body]).toEqual([200, undefined])
    expect(headers.get('ETag')).toBeTruthy()
  })

  it('answers OPTIONS with the methods of the path', async () => {
    const service = new Service()
    const allowOf = async (path: string) =>
      (await service.ask('OPTIONS', path)).headers.get('Allow')
    expect(await allowOf(`${API}/sessions`)).toBe('DELETE, GET, HEAD, OPTIONS, POST')
    expect(await allowOf(`${API}/site`)).toBe('GET, HEAD, OPTIONS, PATCH')
  })

  it('refuses other methods with 405 and the ones it takes', async () => {
    const { status, body, headers } = await new Service().ask('PUT', `${API}/sessions`)
    expect([status, body.type]).toEqual([405, 'bad-request/method-not-allowed'])
    expect(headers.get('Allow')).toBe('DELETE, GET, HEAD, OPTIONS, POST')
  })

  it.each(['/openapi.json', '/.well-known/jwks.json'])(
    'lets %s be cached, and answers 304 to who has it already',
    async (path) => {
      const service = new Service()
      const { headers } = await service.ask('GET', path)
      expect(headers.get('Cache-Control')).toBe('public, max-age=300')
      const again = await service.ask('GET', path, {
        headers: { 'If-None-Match': headers.get('ETag') ?? '' },
      })
      expect([again.status, again.body]).toEqual([304, undefined])
    },
  )

  it('is refused without TLS once the service is on https', async () => {
    const service = new Service({ GLOBAL_ORIGIN: 'https://localhost' })
    const { status, body } = await service.ask('GET', `${API}/site`)
    expect([status, body.type]).toEqual([400, 'bad-request/https-required'])
  })
})

describe('CORS', () => {
  const from = (origin: string) => ({ headers: { Origin: origin } })
  const preflight = (origin: string) => ({
    headers: { Origin: origin, 'Access-Control-Request-Method': 'DELETE' },
  })

  it('is granted to configured origins only, with credentials, and never reflected', async () => {
    const service = new Service({ ALLOWED_ORIGINS: 'https://one.example https://two.example' })
    const granted = await service.ask('GET', `${API}/site`, from('https://two.example'))
    expect(granted.headers.get('Access-Control-Allow-Origin')).toBe('https://two.example')
    expect(granted.headers.get('Access-Control-Allow-Credentials')).toBe('true')
    expect(granted.headers.get('Vary')).toContain('Origin')
    for (const origin of ['https://evil.example', 'null', 'https://two.example.evil.example']) {
      const refused = await service.ask('GET', `${API}/site`, from(origin))
      expect(refused.headers.get('Access-Control-Allow-Origin')).toBeNull()
      expect(refused.headers.get('Access-Control-Allow-Credentials')).toBeNull()
      expect(refused.headers.get('Vary')).toContain('Origin')
    }
  })

  it('answers a preflight with what an API client needs', async () => {
    const service = new Service({ ALLOWED_ORIGINS: 'https://one.example' })
    const { status, headers } = await service.ask(
      'OPTIONS',
      `${API}/sessions`,
      preflight('https://one.example'),
    )
    expect(status).toBe(204)
    expect(headers.get('Access-Control-Allow-Methods')).toContain('DELETE')
    expect(headers.get('Access-Control-Allow-Headers')).toContain('X-FilesAPI-Auth')
    const refused = await service.ask('OPTIONS', `${API}/sessions`, preflight('https://x.example'))
    expect(refused.headers.get('Access-Control-Allow-Methods')).toBeNull()
  })

  it('for everyone comes without credentials', async () => {
    const service = new Service({ ALLOWED_ORIGINS: '*' })
    const { headers } = await service.ask('GET', `${API}/site`, from('https://any.example'))
    expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(headers.get('Access-Control-Allow-Credentials')).toBeNull()
  })

  it('is off unless it is configured', async () => {
    const { headers } = await new Service().ask('GET', `${API}/site`, from('https://one.example'))
    expect(headers.get('Access-Control-Allow-Origin')).toBeNull()
  })
})
