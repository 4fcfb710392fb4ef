import { describe, expect, it } from 'vitest'
import { readIssuerAddress } from '../../src/sso/issuer-address.ts'
import { Regions } from '../../src/storage/region.ts'

const region = { name: 'eu', code: 1, host: 'eu.login.example.net', database: 'DB_EU' }
const regions = new Regions([{ description: '', residency: 'preferred', ...region } as never])
const inProduction = { globalOrigin: new URL('https://login.example.net'), regions }
const locally = { globalOrigin: new URL('http://localhost:8787'), regions }

describe('The issuer URL', () => {
  it.each([
    'https://id.example.com',
    'https://id.example.com/tenant/v2.0',
    'https://xn--bcher-kva.example/',
  ])('may be %s', (address) => {
    expect(readIssuerAddress(address, inProduction)?.href).toContain(address)
  })

  it.each([
    '',
    'id.example.com',
    'http://id.example.com',
    'https://id.example.com:8443',
    'https://id.example.com?x=1',
    'https://id.example.com#x',
    'https://user@id.example.com',
    'https://user:pass@id.example.com',
    'https://localhost',
    'https://printer',
    'https://printer.local',
    'https://db.internal',
    'https://127.0.0.1',
    'https://2130706433',
    'https://0x7f.1',
    'https://[::1]',
    'https://１２７.0.0.1',
    'https://ID.EXAMPLE.COM',
    'https:\\\\id.example.com',
    ' https://id.example.com',
    'https://login.example.net',
    'https://acme.login.example.net',
    'https://eu.login.example.net',
    'https://id.example.com.',
    'file:///etc/passwd',
    'javascript:alert(1)',
  ])('may not be %s', (address) => {
    expect(readIssuerAddress(address, inProduction)).toBeNull()
  })

  it('may be a loopback address when this service itself runs on http, for development', () => {
    expect(readIssuerAddress('http://localhost:3000', locally)).not.toBeNull()
    expect(readIssuerAddress('http://127.0.0.1:3000', locally)).toBeNull()
    expect(readIssuerAddress('http://localhost:3000', inProduction)).toBeNull()
  })
})
