import { describe, expect, it } from 'vitest'
import { Service } from '../support/service.ts'
import { giveDomain, withProvider } from '../support/single-sign-on.ts'

const place = async (service: Service, path: string, host: string) => {
  const { status, headers } = await service.ask('GET', path, { host })
  return [status, headers.get('Location')]
}

describe('GET /', () => {
  it.each([
    ['mysite.localhost', '/account'],
    // An unknown subdomain gets its error there.
    ['nosite.localhost', '/account'],
    ['localhost', '/docs'],
    ['us-east-1.localhost', '/docs'],
  ])('redirects from %s to %s', async (host, to) => {
    const service = new Service()
    await service.createSite()
    expect(await place(service, '/', host)).toEqual([303, to])
    expect(await place(service, '/?utm_source=mail', host)).toEqual([303, to])
  })

  it('redirects to the account page from a site’s own domain', async () => {
    const sso = await withProvider()
    await giveDomain(sso, 'files.acme.example')
    expect(await place(sso.service, '/', 'files.acme.example')).toEqual([303, '/account'])
  })

  it('makes no round trip to storage', async () => {
    expect((await new Service().ask('GET', '/', { host: 'mysite.localhost' })).trips).toEqual([])
  })
})

describe('GET /.well-known/change-password', () => {
  it.each(['mysite.localhost', 'localhost'])(
    'redirects to the password change at %s',
    async (host) => {
      const service = new Service()
      expect(await place(service, '/.well-known/change-password', host)).toEqual([
        303,
        '/account#password',
      ])
    },
  )

  it('works for password managers, which first probe a path that does not exist', async () => {
    const probe = '/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200'
    expect((await new Service().ask('GET', probe)).status).toBe(404)
  })
})
