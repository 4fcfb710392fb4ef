import { describe, expect, it } from 'vitest'
import { readBookmark } from '../../src/storage/bookmark.ts'
import { beat } from '../../src/storage/heartbeat.ts'
import { Regions } from '../../src/storage/region.ts'
import { env } from '../support/env.ts'
import { LaggingDatabase } from '../support/lagging-database.ts'
import { API, SDK, Service } from '../support/service.ts'

const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const HEADER = 'X-D1-Bookmark'

async function open() {
  const lagging = new LaggingDatabase(env.DB_US_EAST_1, env.DB_US_EAST_1_REPLICA)
  const service = new Service({ DB_US_EAST_1: lagging.binding })
  const site = await service.createSite()
  await service.createUser(site)
  const ctx = await service.open()
  await beat(ctx.in(site.region).database, service.clock)
  const loggedIn = await service.logIn(right, { headers: SDK })
  const use = (bookmark?: string | null) => {
    const headers = { ...SDK, 'X-FilesAPI-Auth': loggedIn.body.id }
    return service.ask('GET', `${API}/site`, {
      headers: bookmark ? { ...headers, [HEADER]: bookmark } : headers,
    })
  }
  return { service, lagging, loggedIn, use }
}

describe('The bookmark of a reply', () => {
  it('names the caller’s region and the state of its database', async () => {
    const { loggedIn } = await open()
    expect(loggedIn.headers.get(HEADER)).toMatch(/^us-east-1:[0-9a-f]{8}-[0-9a-f-]{50}$/)
  })

  it('lets the next request read what the last one wrote, even with a lagging replica', async () => {
    const { lagging, loggedIn, use } = await open()
    await lagging.replicate()
    await env.DB_US_EAST_1.prepare("UPDATE sites SET name = 'Renamed'").run()
    const without = await use()
    expect([without.body.name, without.trips]).toEqual(['My Site', ['d1-us-east-1-nearest']])
    const { body, trips } = await use(loggedIn.headers.get(HEADER))
    expect([body.name, trips]).toEqual(['Renamed', ['d1-us-east-1-nearest']])
  })

  it('is missing for unknown callers, since it would reveal the region of a name', async () => {
    const { service } = await open()
    const refused = await service.logIn({ ...right, password: 'wrong' })
    const forgot = await service.ask('POST', `${API}/sessions/forgot`, {
      body: { username: 'sessionuser' },
    })
    for (const { headers } of [refused, forgot]) expect(headers.get(HEADER)).toBeNull()
  })

  it('is ignored when it is malformed or of another region', async () => {
    const { use } = await open()
    const bookmark = '00000001-00000002-00000003-0123456789abcdef0123456789abcdef'
    const foreign = [
      'nonsense',
      `mars:${bookmark}`,
      'us-east-1:first-primary',
      `us-east-1:${bookmark}'`,
    ]
    const place = { description: '', residency: 'preferred' } as const
    const region = { name: 'us-east-1', code: 1, host: 'h', database: 'D', ...place }
    const regions = new Regions([region])
    for (const sent of foreign) {
      expect(readBookmark(sent, regions)).toBeNull()
      expect((await use(sent)).status).toBe(200)
    }
    expect((await use(`eu-central-1:${bookmark}`)).status).toBe(200)
    expect(readBookmark(`us-east-1:${bookmark}`, regions)).toEqual({ region, bookmark })
  })
})
