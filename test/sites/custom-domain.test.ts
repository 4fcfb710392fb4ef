import { afterEach, describe, expect, it, vi } from 'vitest'
import { DAY } from '../../src/storage/clock.ts'
import { env } from '../support/env.ts'
import { API, SDK, Service } from '../support/service.ts'

const domain = 'files.example.com'
const admin = { username: 'siteadmin', password: 'sessionuserpassword' }

/** The DNS, as a resolver returns it in JSON over HTTPS. */
const zone = new Map<string, string[]>()

function serveDns(reply?: () => Response | Promise<Response>) {
  return vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = new URL(String(input))
    expect(url.origin + url.pathname).toBe('https://cloudflare-dns.com/dns-query')
    expect(new Headers(init?.headers).get('Accept')).toBe('application/dns-json')
    expect(url.searchParams.get('type')).toBe('TXT')
    if (reply) return reply()
    const name = url.searchParams.get('name') ?? ''
    const Answer = (zone.get(name) ?? []).map((data) => ({ name, type: 16, TTL: 300, data }))
    return Response.json(
      { Status: Answer.length ? 0 : 3, Answer },
      { headers: { 'Content-Type': 'application/dns-json' } },
    )
  })
}

afterEach(() => zone.clear())

const TAKEN = 'Another site uses this domain, or gave it up in the last 90 days.'

async function siteWithAdmin(
  subdomain = 'mysite',
  region = 'us-east-1',
  username = 'siteadmin',
  service = new Service(),
) {
  const site = await service.createSite({ subdomain }, region)
  await service.createUser(site, { username, siteAdmin: true })
  return { site, ...(await session(service, username)) }
}

async function session(service: Service, username: string) {
  const { body } = await service.logIn({ ...admin, username }, { headers: SDK })
  const auth = { headers: { ...SDK, 'X-FilesAPI-Auth': body.id } }
  return {
    service,
    session: body,
    /** Sends a request with a recent session. */
    again: () => session(service, username),
    set: (value: string) =>
      service.ask('PATCH', `${API}/site`, { ...auth, body: { domain: value } }),
    verify: () => service.ask('POST', `${API}/site/verify_domain`, auth),
    show: () => service.ask('GET', `${API}/site`, auth),
    logInAt: (host: string) => service.logIn({ ...admin, username }, { host, headers: SDK }),
  }
}

/** Sets the TXT record that a site asks for. */
function prove({ name, value }: { name: string; value: string }) {
  zone.set(name, [...(zone.get(name) ?? []), `"${value}"`])
}

describe('A custom domain', () => {
  it('is not served and in no link before it is verified', async () => {
    const { set, verify, logInAt } = await siteWithAdmin()
    serveDns()
    const { status, body } = await set('Files.Example.COM.')
    expect(status).toBe(200)
    expect(body).toMatchObject({ domain, domain_verified: false })
    expect(body.domain_verification.name).toBe('_latchkey.files.example.com')
    const refused = await verify()
    expect([refused.status, refused.body.type]).toEqual([
      422,
      'processing-failure/model-save-error',
    ])
    expect(refused.body.model_errors.domain[0]).toContain('TXT record')
    expect((await logInAt(domain)).body.type).toBe('site-configuration/no-account-for-site')
    expect((await logInAt('localhost')).body.login_token_domain).toBe('http://mysite.localhost')
  })

  it('is served, and in links, once its TXT record is found', async () => {
    const { set, verify, logInAt } = await siteWithAdmin()
    serveDns()
    prove((await set(domain)).body.domain_verification)
    const { status, body } = await verify()
    expect(status).toBe(200)
    expect(body).toMatchObject({ domain, domain_verified: true, domain_verification: null })
    expect((await logInAt(domain)).status).toBe(201)
    expect((await logInAt('localhost')).body.login_token_domain).toBe(`http://${domain}`)
  })

  it('is served from D1 when KV does not have it', async () => {
    const { set, verify, logInAt } = await siteWithAdmin()
    serveDns()
    prove((await set(domain)).body.domain_verification)
    await verify()
    await env.KV.delete(`host:domain:${domain}`)
    expect((await logInAt(domain)).status).toBe(201)
  })

  it('is not served for another site, whatever KV says', async () => {
    const { set, verify, logInAt } = await siteWithAdmin()
    const other = await siteWithAdmin('other', 'us-east-1', 'otheradmin')
    serveDns()
    prove((await set(domain)).body.domain_verification)
    await verify()
    await env.KV.put(
      `host:domain:${domain}`,
      JSON.stringify({ region: 'us-east-1', siteId: other.site.id }),
    )
    expect((await other.logInAt(domain)).status).toBe(401)
    expect((await logInAt(domain)).status).toBe(201)
  })

  it('belongs to the site that verifies it, whichever region the others are in', async () => {
    for (const [region, username] of [
      ['us-east-1', 'second'],
      ['eu-central-1', 'third'],
    ]) {
      const first = await siteWithAdmin(`a-${username}`, 'us-east-1', `first-${username}`)
      const second = await siteWithAdmin(`b-${username}`, region, username)
      serveDns()
      const wanted = `${username}.example.com`
      const proofs = [await first.set(wanted), await second.set(wanted)]
      expect(proofs[0]?.body.domain_verification.value).not.toBe(
        proofs[1]?.body.domain_verification.value,
      )
      for (const { body } of proofs) prove(body.domain_verification)
      expect((await first.verify()).status).toBe(200)
      const refused = await second.verify()
      expect([refused.status, refused.body.model_errors.domain]).toEqual([422, [TAKEN]])
    }
  })

  it('is verified for one site only when two in two regions verify it at once', async () => {
    const first = await siteWithAdmin('one', 'us-east-1', 'first')
    const second = await siteWithAdmin('two', 'eu-central-1', 'second')
    serveDns()
    for (const { set } of [first, second]) prove((await set(domain)).body.domain_verification)
    const answers = await Promise.all([first.verify(), second.verify()])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
  })

  it.each([
    ['no domain', ''],
    ['another domain', 'other.example.com'],
  ])(
    'is reserved for 90 days before another site can have it, once its site has %s',
    async (_, next) => {
      const first = await siteWithAdmin('one', 'us-east-1', 'first')
      const second = await siteWithAdmin('two', 'eu-central-1', 'second', first.service)
      const third = await siteWithAdmin('three', 'us-east-1', 'third', first.service)
      const { clock } = first.service
      serveDns()
      for (const { set } of [first, second, third])
        prove((await set(domain)).body.domain_verification)
      expect((await first.verify()).status).toBe(200)
      await first.set(next)
      for (const { verify } of [second, third]) {
        const { status, body } = await verify()
        expect([status, body.model_errors.domain]).toEqual([422, [TAKEN]])
      }
      clock.advance(90 * DAY)
      expect((await (await second.again()).verify()).status).toBe(422)
      clock.advance(1)
      expect((await (await second.again()).verify()).status).toBe(200)
      expect((await second.logInAt(domain)).status).toBe(201)
      expect((await (await third.again()).verify()).status).toBe(422)
    },
  )

  it('can be taken back by its own site at once', async () => {
    const { set, verify, logInAt } = await siteWithAdmin()
    serveDns()
    prove((await set(domain)).body.domain_verification)
    for (const next of ['', 'other.example.com']) {
      expect((await verify()).status).toBe(200)
      await set(next)
      await set(domain)
    }
    expect((await verify()).status).toBe(200)
    expect((await logInAt(domain)).status).toBe(201)
  })

  it('that was never verified is not reserved', async () => {
    const first = await siteWithAdmin('one', 'us-east-1', 'first')
    const second = await siteWithAdmin('two', 'us-east-1', 'second')
    serveDns()
    for (const { set } of [first, second]) prove((await set(domain)).body.domain_verification)
    await first.set('')
    expect((await second.verify()).status).toBe(200)
  })

  it('is no longer served once the site has another or none', async () => {
    const { set, verify, logInAt, show } = await siteWithAdmin()
    serveDns()
    prove((await set(domain)).body.domain_verification)
    await verify()
    await set('')
    expect((await show()).body).toMatchObject({ domain: null, domain_verified: false })
    expect((await logInAt(domain)).status).toBe(403)
  })

  it.each(['', 'other.example.com'])(
    'stays while security keys work at it alone, unless their loss is confirmed: "%s"',
    async (next) => {
      const { service, site, set, verify, session, show } = await siteWithAdmin()
      serveDns()
      prove((await set(domain)).body.domain_verification)
      await verify()
      await env.DB_US_EAST_1.prepare(
        `INSERT INTO second_factors
          (id, site_id, user_id, method, name, created_at, rp_id, completed_at)
          SELECT 1, site_id, id, 'webauthn', 'Key', 1, ?, 1 FROM users WHERE site_id = ?`,
      )
        .bind(domain, site.id)
        .run()
      const kept = await set(next)
      expect(kept.status).toBe(422)
      expect(kept.body.model_errors.domain[0]).toContain('confirm_key_loss')
      expect((await show()).body).toMatchObject({ domain, domain_verified: true })
      const headers = { ...SDK, 'X-FilesAPI-Auth': session.id }
      const body = { domain: next, confirm_key_loss: true }
      const given = await service.ask('PATCH', `${API}/site`, { headers, body })
      expect([given.status, given.body.domain]).toEqual([200, next || null])
      expect((await set(domain)).status).toBe(200)
      expect((await set('')).status).toBe(200)
    },
  )

  it('must be a valid domain, and not one of the service’s own', async () => {
    const { set } = await siteWithAdmin()
    for (const wrong of [
      'localhost',
      'other.localhost',
      'us-east-1.localhost',
      '10.1.2.3',
      'a b.example',
    ])
      expect((await set(wrong)).status, wrong).toBe(422)
  })

  it('can be set by site admins only', async () => {
    const { service, site } = await siteWithAdmin()
    await service.createUser(site, { username: 'ordinary' })
    const { body } = await service.logIn({ ...admin, username: 'ordinary' }, { headers: SDK })
    for (const [method, path, sent] of [
      ['PATCH', '/site', { domain }],
      ['POST', '/site/verify_domain', {}],
    ] as const) {
      const refused = await service.ask(method, API + path, {
        headers: { 'X-FilesAPI-Auth': body.id },
        body: sent,
      })
      expect([refused.status, refused.body.type]).toEqual([
        403,
        'not-authorized/site-admin-required',
      ])
    }
  })

  it.each<[string, () => Response | Promise<Response>]>([
    ['answers with an error', () => new Response('no', { status: 500 })],
    ['answers SERVFAIL', () => Response.json({ Status: 2 })],
    ['answers something else', () => new Response('<html>')],
    ['does not answer', () => Promise.reject(new Error('timed out'))],
  ])('stays as it is with a 503 to retry when the resolver %s', async (_, reply) => {
    const { set, verify, show } = await siteWithAdmin()
    await set(domain)
    serveDns(reply)
    const { status, body, headers } = await verify()
    expect([status, body.type]).toEqual([503, 'service-unavailable/resolver-unavailable'])
    expect(headers.get('Retry-After')).toBe('10')
    expect((await show()).body.domain_verified).toBe(false)
  })

  it('is verified when its record is split into several strings, among other records', async () => {
    const { set, verify } = await siteWithAdmin()
    serveDns()
    const { name, value } = (await set(domain)).body.domain_verification
    zone.set(name, ['"v=spf1 -all"', `"${value.slice(0, 20)}" "${value.slice(20)}"`])
    expect((await verify()).status).toBe(200)
  })
})

describe('The TXT record of a verified domain', () => {
  const HOUR = 60 * 60_000
  const DAY = 24 * HOUR

  /** Each cron run works in every region. */
  const oneRegion = () => new Service({ REGIONS: (env.REGIONS as object[]).slice(0, 1) })

  async function verified(service = oneRegion()) {
    const opened = await siteWithAdmin('mysite', 'us-east-1', 'siteadmin', service)
    serveDns()
    const { body } = await opened.set(domain)
    prove(body.domain_verification)
    await opened.verify()
    /** Lets hours pass, with a cron run in every sixth of them. */
    const wait = async (hours: number) => {
      for (let passed = 0; passed < hours; passed += 6) {
        service.clock.advance(6 * HOUR)
        await service.runCron()
      }
    }
    const seen = async () => {
      const { results } = await env.DB_US_EAST_1.prepare('SELECT * FROM sites').all()
      return results[0] as Record<string, number | null>
    }
    return { ...opened, wait, seen, record: body.domain_verification }
  }

  it('is looked up once a day, and nothing changes while it is there', async () => {
    const { wait, seen, logInAt, session } = await verified()
    const dns = vi.mocked(globalThis.fetch)
    const before = dns.mock.calls.length
    await wait(60)
    expect(dns.mock.calls.length - before).toBe(2)
    expect(await seen()).toMatchObject({ domain_missing_since: null })
    expect(session.id).toBeDefined()
    expect((await logInAt(domain)).status).toBe(201)
  })

  it('may be missing for three days with a warning, then the domain is no longer verified', async () => {
    const { service, wait, seen, logInAt, record } = await verified()
    zone.clear()
    await wait(30)
    const missing = await seen()
    expect(missing.domain_missing_since).not.toBeNull()
    const { body } = await logInAt('localhost')
    const ask = () =>
      service.ask('GET', `${API}/site`, { headers: { ...SDK, 'X-FilesAPI-Auth': body.id } })
    expect((await ask()).body).toMatchObject({
      domain_verified: true,
      domain_verification: record,
      domain_record_missing_since: new Date(missing.domain_missing_since ?? 0).toISOString(),
    })
    await wait(66)
    expect((await seen()).domain_verified_at).not.toBeNull()
    expect((await logInAt(domain)).status).toBe(201)
    await wait(6)
    expect((await logInAt(domain)).status).toBe(403)
    const admin = await logInAt('localhost')
    const headers = { ...SDK, 'X-FilesAPI-Auth': admin.body.id }
    const { body: trail } = await service.ask('GET', `${API}/history/changes`, { headers })
    expect(trail[0]).toMatchObject({
      event: 'site_changed',
      actor: 'service',
      changes: { domain_verified: [true, false] },
    })
    prove(record)
    expect((await service.ask('POST', `${API}/site/verify_domain`, { headers })).status).toBe(200)
    expect((await logInAt(domain)).status).toBe(201)
  })

  it('leaves the domain reserved for 90 days once it has been missing for three', async () => {
    const { service, wait, seen } = await verified(new Service())
    const other = await siteWithAdmin('other', 'eu-central-1', 'other', service)
    zone.clear()
    await wait(104)
    expect((await seen()).domain_verified_at).toBeNull()
    const verifyAt = async () => {
      const { verify, set } = await other.again()
      prove((await set(domain)).body.domain_verification)
      const { status, body } = await verify()
      return [status, body.model_errors?.domain]
    }
    expect(await verifyAt()).toEqual([422, [TAKEN]])
    service.clock.advance(90 * DAY)
    expect((await verifyAt())[0]).toBe(200)
  })

  it('restarts the three days when it is set again within them', async () => {
    const { wait, seen, record } = await verified()
    zone.clear()
    await wait(30)
    expect((await seen()).domain_missing_since).not.toBeNull()
    prove(record)
    await wait(6)
    expect(await seen()).toMatchObject({ domain_missing_since: null })
    zone.clear()
    await wait(96)
    expect((await seen()).domain_verified_at).not.toBeNull()
  })

  it('does not count as missing while the resolver does not answer', async () => {
    const { wait, seen, service } = await verified()
    zone.clear()
    serveDns(() => Response.json({ Status: 2 }))
    await wait(5 * 24)
    expect(await seen()).toMatchObject({ domain_missing_since: null })
    serveDns()
    service.clock.advance(DAY)
    await service.runCron()
    expect((await seen()).domain_missing_since).not.toBeNull()
  })

  it('stays the one found at verification, even after that key was replaced', async () => {
    const { seen, service } = await verified()
    const other = new Service(
      { NAME_DIGEST_KEY: btoa(String.fromCharCode(...new Uint8Array(32).fill(7))) },
      service.clock,
    )
    service.clock.advance(25 * HOUR)
    await other.runCron()
    expect(await seen()).toMatchObject({ domain_missing_since: null })
    expect((await seen()).domain_checked_at).toBe(service.clock())
  })

  it('is checked for the domain that was read, whatever domain the site has by then', async () => {
    const { service, seen } = await verified()
    service.clock.advance(25 * HOUR)
    const slow = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => {
      await env.DB_US_EAST_1.prepare(
        "UPDATE sites SET domain = 'other.example.com', domain_verified_at = NULL",
      ).run()
      return Response.json({ Status: 3 })
    })
    await service.runCron()
    expect(slow).toHaveBeenCalled()
    expect(await seen()).toMatchObject({ domain: 'other.example.com', domain_missing_since: null })
  })
})
