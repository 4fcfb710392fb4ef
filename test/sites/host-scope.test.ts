import { describe, expect, it } from 'vitest'
import { isReservedName } from '../../src/sites/create-site.ts'
import { hostScope, siteOrigin } from '../../src/sites/site.ts'
import { whyNotDomain } from '../../src/sites/verify-domain.ts'
import { Regions } from '../../src/storage/region.ts'

const europe = {
  name: 'eu-central-1',
  code: 2,
  host: 'eu-central-1.latchkey.example',
  database: 'DB_EU_CENTRAL_1',
  description: '',
  residency: 'preferred',
} as const
const hosts = { global: 'latchkey.example', regions: new Regions([europe]) }

describe('A host', () => {
  it('serves any site when it is the global or a regional one', () => {
    expect(hostScope('latchkey.example', hosts)).toEqual({ kind: 'any', region: null })
    expect(hostScope(europe.host, hosts)).toEqual({ kind: 'any', region: europe })
  })

  it('serves one site below the global host', () => {
    expect(hostScope('my-site.latchkey.example', hosts)).toEqual({
      kind: 'site',
      subdomain: 'my-site',
    })
  })

  it('otherwise serves the site that verified it as its domain', () => {
    for (const domain of [
      'files.other.example',
      'a.b.latchkey.example',
      'evil-latchkey.example',
      '127.0.0.1',
    ])
      expect(hostScope(domain, hosts)).toEqual({ kind: 'domain', domain })
  })
})

describe('A domain', () => {
  it('is well formed with two labels or more, and is not an IP address', () => {
    for (const domain of ['files.example.com', 'example.com', 'xn--bcher-kva.example'])
      expect(whyNotDomain(domain, []), domain).toBeNull()
    for (const domain of [
      '',
      'localhost',
      '-a.example',
      'a..example',
      'a b.example',
      '10.0.0.1',
      '[::1]',
      'a_b.example',
      'evil.example/x',
      `${'a.'.repeat(130)}com`,
    ])
      expect(whyNotDomain(domain, []), domain).toBe('domain-malformed')
  })

  it('is not the service’s own, nor below it', () => {
    for (const domain of ['latchkey.example', 'mysite.latchkey.example'])
      expect(whyNotDomain(domain, ['latchkey.example'])).toBe('domain-reserved')
  })
})

describe('A reserved name', () => {
  it('is a region, or a word that means something to people or mail servers', () => {
    for (const name of ['eu-central-1', 'www', 'api', 'login', 'postmaster'])
      expect(isReservedName(name, ['eu-central-1']), name).toBe(true)
    expect(isReservedName('mysite', ['eu-central-1'])).toBe(false)
  })
})

describe('The origin of a site', () => {
  const origin = new URL('https://latchkey.example')
  const site = { subdomain: 'mysite', domain: 'files.other.example', domainVerifiedAt: 1 }

  it('is its verified domain, or else its subdomain', () => {
    expect(siteOrigin(site, origin)).toBe('https://files.other.example')
    expect(siteOrigin({ ...site, domainVerifiedAt: null }, origin)).toBe(
      'https://mysite.latchkey.example',
    )
  })

  it('keeps the port of the service', () => {
    const local = new URL('http://localhost:8787')
    expect(siteOrigin({ ...site, domain: null, domainVerifiedAt: null }, local)).toBe(
      'http://mysite.localhost:8787',
    )
  })
})
