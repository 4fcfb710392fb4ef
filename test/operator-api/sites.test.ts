import { describe, expect, it, vi } from 'vitest'
import { SiteStore } from '../../src/sites/site-store.ts'
import { MINUTE } from '../../src/storage/clock.ts'
import { env } from '../support/env.ts'
import { operatorOf, readPages } from '../support/operator.ts'
import { API, Service } from '../support/service.ts'

function open() {
  const service = new Service()
  const ask = operatorOf(service)
  const create = (subdomain: unknown, region = 'us-east-1') =>
    ask('POST', '/sites', { subdomain, region })
  return { service, ask, create }
}

describe('POST /operator/v1/sites', () => {
  it('creates a site in the region, which serves its host from then on', async () => {
    const { service, ask } = open()
    const { status, body } = await ask('POST', '/sites', {
      subdomain: 'europe',
      region: 'eu-central-1',
      name: 'Our European Site',
    })
    expect([status, body]).toMatchObject([
      201,
      { region: 'eu-central-1', subdomain: 'europe', name: 'Our European Site' },
    ])
    const found = await env.DB_EU_CENTRAL_1.prepare('SELECT id FROM sites').first('id')
    expect(found).toBe(body.id)
    expect(await env.DB_US_EAST_1.prepare('SELECT id FROM sites').first()).toBeNull()
    const password = 'long enough for most'
    const user = { username: 'jo', site: 'europe', password, self_managed: false }
    expect((await ask('POST', '/users', user)).status).toBe(201)
    expect((await service.logIn(user, { host: 'europe.localhost' })).status).toBe(201)
  })

  it('names a site after its subdomain unless it is given a name', async () => {
    expect((await open().create('plain')).body.name).toBe('plain')
  })

  it.each([
    ['www', 'subdomain-reserved', 'This subdomain is reserved.'],
    ['us-east-1', 'subdomain-reserved', 'This subdomain is reserved.'],
    ['Upper', 'subdomain-malformed', /^A subdomain contains/],
    ['under_score', 'subdomain-malformed', /^A subdomain contains/],
    ['-x', 'subdomain-malformed', /^A subdomain contains/],
    ['two.labels', 'subdomain-malformed', /^A subdomain contains/],
  ])('refuses the subdomain %s with 422', async (subdomain, _, text) => {
    const { status, body } = await open().create(subdomain)
    const wrong = expect.stringMatching(text)
    expect([status, body]).toMatchObject([
      422,
      {
        type: 'processing-failure/model-save-error',
        errors: [wrong],
        model_errors: { subdomain: [wrong] },
      },
    ])
  })

  it('refuses a subdomain that another site has in any region, in the caller’s language', async () => {
    const { service, create } = open()
    await create('taken')
    for (const region of ['us-east-1', 'eu-central-1']) {
      const { status, body } = await create('taken', region)
      expect([status, body.model_errors]).toEqual([
        422,
        {
          subdomain: [
            'Another site uses this subdomain, or gave it up in the last 90 days. Choose another.',
          ],
        },
      ])
    }
    const { body } = await service.ask('POST', '/operator/v1/sites', {
      headers: {
        Authorization: `Bearer ${service.env.OPERATOR_TOKEN}`,
        'Accept-Language': 'de',
      },
      body: { subdomain: 'taken', region: 'us-east-1' },
    })
    expect(body.error).toBe(`Nicht gespeichert. ${body.errors[0]}`)
  })

  it('has exactly one winner when 20 callers want one subdomain in two regions', async () => {
    const { ask, create } = open()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => create('wanted', i % 2 ? 'us-east-1' : 'eu-central-1')),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(19)
    expect((await ask('GET', '/sites')).body).toHaveLength(1)
  })

  it('frees a subdomain whose creation was cut short before the site existed', async () => {
    const { service, create } = open()
    vi.spyOn(SiteStore.prototype, 'insert').mockRejectedValueOnce(new Error('cut'))
    expect((await create('cut')).status).toBe(503)
    service.clock.advance(2 * MINUTE)
    expect((await create('cut', 'eu-central-1')).status).toBe(201)
  })

  it('creates a site while KV fails, and finds it afterwards', async () => {
    const fails = async () => Promise.reject(new Error('KV is down'))
    const service = new Service({ KV: { get: fails, put: fails } as unknown as KVNamespace })
    const ask = operatorOf(service)
    const parameters = { subdomain: 'new', region: 'eu-central-1' }
    expect((await ask('POST', '/sites', parameters)).status).toBe(201)
    expect((await ask('GET', '/sites/new')).body.region).toBe('eu-central-1')
    expect((await ask('POST', '/sites', parameters)).status).toBe(422)
  })

  it.each([
    [{ subdomain: 'x' }, 'bad-request/request-params-required', 'region'],
    [{ region: 'us-east-1' }, 'bad-request/request-params-required', 'subdomain'],
    [{ subdomain: 'x', region: 'mars' }, 'bad-request/request-params-invalid', 'region'],
    [{ subdomain: 7, region: 'us-east-1' }, 'bad-request/request-params-invalid', 'subdomain'],
  ])('refuses %j with 400', async (parameters, type, name) => {
    const { status, body } = await open().ask('POST', '/sites', parameters)
    expect([status, body.type, body.error]).toEqual([400, type, expect.stringContaining(name)])
  })
})

describe('GET /operator/v1/sites', () => {
  it('lists the sites of all regions or one, page by page, each with its region', async () => {
    const { ask, create } = open()
    for (const subdomain of ['c', 'a', 'e']) await create(subdomain)
    for (const subdomain of ['d', 'b']) await create(subdomain, 'eu-central-1')
    const named = (sites: { region: string; subdomain: string }[]) =>
      sites.map(({ region, subdomain }) => `${region} ${subdomain}`)
    const all = ['us-east-1 a', 'us-east-1 c', 'us-east-1 e', 'eu-central-1 b', 'eu-central-1 d']
    expect(named((await ask('GET', '/sites')).body)).toEqual(all)
    for (const perPage of [1, 2, 3, 5, 6]) {
      const pages = await readPages(ask, '/sites?', perPage)
      expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(perPage)
      expect(named(pages.flat())).toEqual(all)
    }
    const european = await readPages(ask, '/sites?region=eu-central-1', 1)
    expect(named(european.flat())).toEqual(['eu-central-1 b', 'eu-central-1 d'])
  })

  it.each([
    'region=mars',
    'cursor=x',
    'cursor=mars:a',
    'region=us-east-1&cursor=eu-central-1:a',
    'per_page=0',
    'per_page=1001',
  ])('refuses ?%s with 400', async (query) => {
    const { status, body } = await open().ask('GET', `/sites?${query}`)
    expect([status, body.type]).toEqual([400, 'bad-request/request-params-invalid'])
  })
})

describe('GET /operator/v1/sites/:subdomain', () => {
  it('shows a site of any region', async () => {
    const { ask, create } = open()
    await create('europe', 'eu-central-1')
    const { status, body } = await ask('GET', '/sites/europe')
    expect([status, body]).toMatchObject([200, { region: 'eu-central-1', session_expiry: 6 }])
  })

  it('returns 404 when there is none', async () => {
    for (const subdomain of ['nobody', '%25', 'a%2Fb', '__proto__']) {
      const { status, body } = await open().ask('GET', `/sites/${subdomain}`)
      expect([status, body.type]).toEqual([404, 'not-found/site-not-found'])
    }
  })

  it('reads the subdomain from the path, whatever a query or body says', async () => {
    const { service, create } = open()
    await create('mine')
    await create('other')
    const { body } = await service.ask('GET', '/operator/v1/sites/mine?subdomain=other', {
      headers: { Authorization: `Bearer ${service.env.OPERATOR_TOKEN}` },
    })
    expect(body.subdomain).toBe('mine')
  })

  it('does not exist at the API’s base path', async () => {
    const { service } = open()
    expect((await service.ask('GET', `${API}/operator/v1/sites`)).status).toBe(404)
  })
})
