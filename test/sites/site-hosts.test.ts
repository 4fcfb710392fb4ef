import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/storage/clock.ts'
import { env } from '../support/env.ts'
import { FaultyDatabase } from '../support/faulty-database.ts'
import { Service } from '../support/service.ts'

const primaries = ['d1-us-east-1-primary', 'd1-eu-central-1-primary']

/** The databases that are queried for the login page. */
async function askedFor(service: Service, host: string): Promise<string[]> {
  const { status, trips } = await service.ask('GET', '/login', { host })
  expect(status).toBe(200)
  return trips.filter((trip) => trip.startsWith('d1-')).toSorted()
}

describe('A host that no site has', () => {
  it.each(['nobody.localhost', 'files.nobody.example', 'a.b.localhost'])(
    'is looked up in each region once, and then not for half a minute: %s',
    async (host) => {
      const service = new Service()
      expect(await askedFor(service, host)).toEqual(primaries.toSorted())
      expect(await askedFor(service, host)).toEqual([])
      service.clock.advance(30 * SECOND - 1)
      expect(await askedFor(service, host)).toEqual([])
      service.clock.advance(1)
      expect(await askedFor(service, host)).toEqual(primaries.toSorted())
    },
  )

  it('is cached in a bounded list, so that no isolate fills up', async () => {
    const service = new Service()
    await askedFor(service, 'first.localhost')
    const { siteHosts } = await service.open()
    for (let nth = 0; nth < 1_000; nth += 50)
      await Promise.all(
        Array.from({ length: 50 }, (_, one) =>
          siteHosts.homeOf({ kind: 'site', subdomain: `other-${nth + one}` }),
        ),
      )
    expect(await askedFor(service, 'first.localhost')).toEqual(primaries.toSorted())
    expect(await askedFor(service, 'other-999.localhost')).toEqual([])
  })

  it('is served at once where its site is created, and within half a minute elsewhere', async () => {
    const [here, elsewhere] = [new Service(), new Service()]
    for (const service of [here, elsewhere]) await askedFor(service, 'mysite.localhost')
    await here.createSite({ name: 'Acme' })
    const titleAt = async (service: Service) =>
      (await service.ask('GET', '/login', { host: 'mysite.localhost' })).body.includes('Acme')
    expect(await titleAt(here)).toBe(true)
    await env.KV.delete('host:site:mysite')
    expect(await titleAt(elsewhere)).toBe(false)
    elsewhere.clock.advance(30 * SECOND)
    expect(await titleAt(elsewhere)).toBe(true)
  })

  it('is not cached when a region gave no answer', async () => {
    const faulty = new FaultyDatabase(env.DB_EU_CENTRAL_1)
    const service = new Service({ DB_EU_CENTRAL_1: faulty.binding })
    const { id } = await service.createSite({ subdomain: 'europe' }, 'eu-central-1')
    await env.KV.delete('host:site:europe')
    const homeOf = async () =>
      (await service.open()).siteHosts.homeOf({ kind: 'site', subdomain: 'europe' })
    faulty.fault = 'before commit'
    await expect(homeOf()).rejects.toThrow()
    faulty.fault = null
    expect(await homeOf()).toMatchObject({ siteId: id })
  })
})
