import { describe, expect, it, vi } from 'vitest'
import { PasswordHasher } from '../../src/passwords/password-hasher.ts'
import { MINUTE } from '../../src/storage/clock.ts'
import { env } from '../support/env.ts'
import { type Fault, FaultyDatabase } from '../support/faulty-database.ts'
import { useNaiveStores } from '../support/naive-stores.ts'
import { API, SDK, Service } from '../support/service.ts'

const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const next = 'a quiet lamp by the window'

/** A service whose database and KV can fail, with a user who has a session. */
async function serviceWithUser(kv: Partial<KVNamespace> = {}) {
  const database = new FaultyDatabase(env.DB_US_EAST_1)
  const KV = Object.assign(Object.create(env.KV), bound(env.KV), kv) as KVNamespace
  const service = new Service({ DB_US_EAST_1: database.binding, KV })
  await service.createUser(await service.createSite(), { email: 'jo@example.com' })
  const { body: session } = await service.logIn(right, { headers: SDK })
  return { service, database, session }
}

async function codeFor(service: Service): Promise<string> {
  await forgot(service)
  return codeIn(service)
}

function forgot(service: Service, body: Record<string, unknown> = { username: 'sessionuser' }) {
  return service.ask('POST', `${API}/sessions/forgot`, { body })
}

function codeIn({ mails }: Service): string {
  return /code=([0-9a-f]{40})/.exec(mails.at(-1)?.text ?? '')?.[1] ?? ''
}

async function cronAfterAMinute(service: Service): Promise<void> {
  service.clock.advance(MINUTE)
  await service.runCron()
}

/** KV, where something happens while the first reset code is stored. */
function whileStored(happens: () => void | Promise<void>): Partial<KVNamespace> {
  let codes = 0
  return {
    put: async (key: string) => {
      if (key.startsWith('reset:') && codes++ === 0) await happens()
    },
  }
}

function reset(service: Service, code: string, password = next) {
  return service.ask('POST', `${API}/sessions/forgot/reset`, { body: { code, password } })
}

async function statusOfSite(service: Service, session: { id: string }): Promise<number> {
  const headers = { 'X-FilesAPI-Auth': session.id }
  return (await service.ask('GET', `${API}/site`, { headers })).status
}

describe('A password reset while KV', () => {
  it('accepts no writes is still mailed, once, and its code works', async () => {
    const put = () => Promise.reject(new Error('KV PUT failed: 429'))
    const { service } = await serviceWithUser({ put })
    const code = await codeFor(service)
    expect(service.mails).toHaveLength(1)
    expect((await env.KV.list({ prefix: 'reset:' })).keys).toEqual([])
    expect((await reset(service, code)).status).toBe(204)
    expect((await reset(service, code)).status).toBe(401)
    expect(service.mails.map(({ subject }) => subject)).toEqual([
      'Choose a new password',
      'Your password was changed',
    ])
  })

  it('still shows a used code elsewhere is refused there, and the password stays', async () => {
    const { service } = await serviceWithUser()
    const code = await codeFor(service)
    const [key = ''] = (await env.KV.list({ prefix: 'reset:' })).keys.map(({ name }) => name)
    const stale = await env.KV.get(key)
    expect((await reset(service, code)).status).toBe(204)
    const elsewhere = Object.assign(Object.create(env.KV), bound(env.KV), {
      get: async (name: string) => (name === key ? stale : env.KV.get(name)),
    })
    const other = new Service({ KV: elsewhere }, service.clock)
    const late = await reset(other, code, 'and another quiet lamp')
    expect(late.body.type).toBe('not-authenticated/invalid-or-expired-code')
    expect((await service.logIn({ ...right, password: next })).status).toBe(201)
  })
})

describe('A request for a password reset', () => {
  it('is mailed once if the result of storing the mail is lost', async () => {
    const { service, database } = await serviceWithUser(
      whileStored(() => {
        database.losesNextBatch = true
      }),
    )
    await forgot(service)
    expect([service.mails, database.losesNextBatch]).toEqual([[], false])
    await cronAfterAMinute(service)
    expect(service.mails).toHaveLength(1)
  })

  it.each(['us-east-1', 'eu-central-1'])(
    'stored in %s is mailed once by each site of the address, in every region, if that result is lost',
    async (home) => {
      const { service, database } = await serviceWithUser(
        whileStored(() => {
          database.losesNextBatch = true
        }),
      )
      const { directory } = await service.open()
      let email = 'jane@example.com'
      for (let nth = 2; (await directory.regionOf([email], 'nearest')).name !== home; nth++)
        email = `jane${nth}@example.com`
      for (const [subdomain, region] of [
        ['one', 'us-east-1'],
        ['two', 'us-east-1'],
        ['three', 'eu-central-1'],
      ] as const) {
        const site = await service.createSite({ subdomain }, region)
        const user = { username: subdomain, email, emailIsVerified: true }
        await service.createUser(site, user)
      }
      await forgot(service, { email })
      expect(database.losesNextBatch).toBe(false)
      await cronAfterAMinute(service)
      const hosts = service.mails.map(({ text }) => /(\w+)\.localhost/.exec(text)?.[1])
      expect(hosts.sort()).toEqual(['one', 'three', 'two'])
    },
  )

  it('is mailed while another region is down, and by that region once it is back', async () => {
    const elsewhere = new FaultyDatabase(env.DB_EU_CENTRAL_1)
    const service = new Service({ DB_EU_CENTRAL_1: elsewhere.binding })
    const { directory } = await service.open()
    let email = 'jane@example.com'
    for (let nth = 2; (await directory.regionOf([email], 'nearest')).name !== 'us-east-1'; nth++)
      email = `jane${nth}@example.com`
    for (const [subdomain, region] of [
      ['one', 'us-east-1'],
      ['two', 'eu-central-1'],
    ] as const) {
      const site = await service.createSite({ subdomain }, region)
      await service.createUser(site, { username: subdomain, email, emailIsVerified: true })
    }
    const hosts = () => service.mails.map(({ text }) => /(\w+)\.localhost/.exec(text)?.[1])
    elsewhere.fault = 'before commit'
    await forgot(service, { email })
    await cronAfterAMinute(service)
    expect(new Set(hosts())).toEqual(new Set(['one']))
    elsewhere.fault = null
    service.clock.advance(10 * MINUTE)
    await service.runCron()
    expect(new Set(hosts())).toEqual(new Set(['one', 'two']))
  })

  it('is mailed once if the cron takes it over from a worker that is too slow', async () => {
    const { service } = await serviceWithUser(whileStored(() => cronAfterAMinute(service)))
    await forgot(service)
    await cronAfterAMinute(service)
    expect(service.mails).toHaveLength(1)
    expect((await reset(service, codeIn(service))).status).toBe(204)
  })

  it('is mailed after all if the mail could not be stored', async () => {
    const { service, database } = await serviceWithUser(
      whileStored(() => {
        database.fault = 'before commit'
      }),
    )
    await forgot(service)
    database.fault = null
    expect(service.mails).toEqual([])
    await cronAfterAMinute(service)
    expect(service.mails).toHaveLength(1)
    expect((await reset(service, codeIn(service))).status).toBe(204)
  })
})

describe('A password reset that loses its database connection', () => {
  it('after the commit returns success, and happened once', async () => {
    const { service, database, session } = await serviceWithUser()
    const code = await codeFor(service)
    database.losesNextBatch = true
    expect((await reset(service, code)).status).toBe(204)
    expect(database.losesNextBatch).toBe(false)
    expect((await reset(service, code, 'and another quiet lamp')).status).toBe(401)
    expect(await statusOfSite(service, session)).toBe(401)
    expect((await service.logIn({ ...right, password: next })).status).toBe(201)
    expect(service.mails).toHaveLength(2)
  })

  it('before the commit returns 503 and changes nothing: code, password, session', async () => {
    const { service, database, session } = await serviceWithUser()
    const code = await codeFor(service)
    breakOnceHashed(database, 'before commit')
    const { status, headers } = await reset(service, code)
    expect([status, headers.get('Retry-After')]).toEqual([503, '5'])
    database.fault = null
    expect(await statusOfSite(service, session)).toBe(200)
    expect((await service.logIn(right)).status).toBe(201)
    expect(service.mails).toHaveLength(1)
    expect((await reset(service, code)).status).toBe(204)
  })

  it('after the commit, and again when it checks the result, returns 503 and happened', async () => {
    const { service, database } = await serviceWithUser()
    const code = await codeFor(service)
    breakOnceHashed(database, 'after commit')
    expect((await reset(service, code)).status).toBe(503)
    database.fault = null
    expect((await reset(service, code)).status).toBe(401)
    expect((await service.logIn({ ...right, password: next })).status).toBe(201)
    service.clock.advance(61_000)
    await service.runCron()
    expect(service.mails.at(-1)?.subject).toBe('Your password was changed')
  })
})

describe('A password reset with a store that reads, then writes', () => {
  it('would let several passwords win with one code', async () => {
    const { service } = await serviceWithUser()
    const code = await codeFor(service)
    useNaiveStores()
    const passwords = Array.from({ length: 10 }, (_, nth) => `the ${nth}th of many lamps`)
    const answers = await Promise.all(passwords.map((password) => reset(service, code, password)))
    expect(answers.filter(({ status }) => status === 204).length).toBeGreaterThan(1)
  })
})

/** Lets a call get as far as its write, and breaks the connection there. */
function breakOnceHashed(database: FaultyDatabase, fault: Fault): void {
  const { hash } = PasswordHasher.prototype
  vi.spyOn(PasswordHasher.prototype, 'hash').mockImplementationOnce(async function (
    this: PasswordHasher,
    password,
  ) {
    const hashed = await hash.call(this, password)
    database.fault = fault
    return hashed
  })
}

/** The calls of a KV namespace, which requires its own `this`. */
function bound(kv: KVNamespace) {
  return {
    get: kv.get.bind(kv),
    put: kv.put.bind(kv),
    delete: kv.delete.bind(kv),
  }
}
