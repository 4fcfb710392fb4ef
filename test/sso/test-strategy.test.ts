import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/storage/clock.ts'
import { API, SDK } from '../support/service.ts'
import { shortRequests } from '../support/short-deadlines.ts'
import { type Sso, withProvider } from '../support/single-sign-on.ts'

async function testOf({ asAdmin, strategy }: Sso) {
  return (await asAdmin('POST', `/sso_strategies/${strategy.id}/test`)).body
}

async function outcomeOf(sso: Sso): Promise<string> {
  return (await testOf(sso)).outcome
}

describe('POST /sso_strategies/:id/test', () => {
  it.each([
    ['usual', 'works'],
    ['by-post', 'works'],
    ['dead', 'does-not-answer'],
    ['silent', 'does-not-answer'],
    ['impostor', 'metadata-malformed'],
    ['inside', 'endpoint-missing'],
    ['scripted', 'endpoint-missing'],
    ['keyless', 'keys-missing'],
    // A login is refused for the same reason.
    ['signs-by-secret', 'algorithms-unsupported'],
    ['signs-by-none', 'algorithms-unsupported'],
    ['twice', 'works'],
    // Its key is for RS256 and ES256 only.
    ['signs-by-others', 'keys-missing'],
  ])('reports for a provider that is %s: %s', async (kind, outcome) => {
    const sso = await withProvider({ kind })
    if (kind === 'silent') shortRequests(5 * SECOND)
    expect(await outcomeOf(sso)).toBe(outcome)
  })

  it.each([
    ['usual', 'client_secret_post'],
    ['by-post', 'client_secret_post'],
    ['either-basic', 'client_secret_basic'],
    ['by-basic', 'client_secret_basic'],
    ['by-undecoded-basic', 'client_secret_basic'],
    ['unnamed-post', 'client_secret_post'],
    ['unnamed-basic', 'client_secret_basic'],
  ])('names the client authentication of a provider that is %s: %s', async (kind, method) => {
    expect(await testOf(await withProvider({ kind }))).toMatchObject({
      outcome: 'works',
      client_authentication: method,
      text: expect.stringContaining(method),
    })
  })

  it('reports an invalid issuer and a wrong secret', async () => {
    const sso = await withProvider()
    const path = `/sso_strategies/${sso.strategy.id}`
    await sso.asAdmin('PATCH', path, { client_secret: 'wrong' })
    expect(await outcomeOf(sso)).toBe('client-refused')
    await sso.asAdmin('PATCH', path, {
      issuer: `${new URL(sso.issuer).origin}/nothing`,
      client_secret: 'x',
    })
    expect(await outcomeOf(sso)).toBe('metadata-malformed')
  })

  it('reports in words, reveals nothing of the provider’s answers, and is for admins only', async () => {
    const { asAdmin, admin, strategy, service } = await withProvider({ kind: 'impostor' })
    await service.changeUser(admin.id, "language = 'de'")
    const { body: session } = await service.logIn(admin, { headers: SDK })
    const { body } = await asAdmin('POST', `/sso_strategies/${strategy.id}/test`, {}, session.id)
    expect(body.text).toMatch(/Aussteller/)
    expect(JSON.stringify(body)).not.toContain('google')
    const path = `${API}/sso_strategies/${strategy.id}/test`
    expect((await service.ask('POST', path)).status).toBe(401)
  })
})
