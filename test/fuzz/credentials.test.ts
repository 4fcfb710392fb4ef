import * as fc from 'fast-check'
import { expect, inject, it } from 'vitest'
import { readCredential } from '../../src/sessions/credential.ts'
import { comparableName } from '../../src/users/username.ts'
import { type Live, shownCredentials, tokensOfOthers } from '../support/header-generators.ts'
import { SDK, Service } from '../support/service.ts'
import { texts } from '../support/text-generators.ts'

const runs = { seed: inject('fuzz').seed, numRuns: 1_000 }

async function loggedIn(): Promise<{ service: Service; live: Live }> {
  const service = new Service()
  const user = await service.createUser(await service.createSite())
  const { body } = await service.logIn(user, { headers: SDK })
  const operator = service.env.OPERATOR_TOKEN ?? ''
  return { service, live: { session: body.id, token: body.token, operator } }
}

it('Only our own tokens are parsed as tokens, and parsing never throws', async () => {
  const { service } = await loggedIn()
  const services = await service.open()
  await fc.assert(
    fc.asyncProperty(fc.oneof(tokensOfOthers, texts), async (credential) => {
      expect(await readCredential(services, credential, service.clock())).toBeNull()
    }),
    runs,
  )
})

it('A token with one character changed, added or left out is not a token', async () => {
  const { service, live } = await loggedIn()
  const services = await service.open()
  const now = service.clock()
  expect(await readCredential(services, live.token, now)).not.toBeNull()
  const changes = fc.record({
    at: fc.nat({ max: live.token.length - 2 }),
    put: fc.constantFrom('', 'A', 'B', '.', '=', '-', '%', '\u00e9', 'AA', '.A'),
  })
  await fc.assert(
    fc.asyncProperty(changes, async ({ at, put }) => {
      const changed = live.token.slice(0, at) + put + live.token.slice(at + 1)
      fc.pre(changed !== live.token)
      expect(await readCredential(services, changed, now)).toBeNull()
    }),
    runs,
  )
})

it('Every altered form of a session or of the operator token is refused, and the session stays active', async () => {
  const { service, live } = await loggedIn()
  const statusOf = async (credential: string) =>
    (await service.ask('GET', '/api/rest/v1/site', { headers: { 'X-FilesAPI-Auth': credential } }))
      .status
  for (const [name, show] of Object.entries(shownCredentials)) {
    const whole = name === 'session' || name === 'token'
    expect(await statusOf(show(live)), name).toBe(whole ? 200 : 401)
  }
  expect(await statusOf(live.session)).toBe(200)
})

it('Two names are compared in one normalized form, however Unicode spells them', () => {
  fc.assert(
    fc.property(texts, (name) => {
      const comparable = comparableName(name)
      expect(comparableName(comparable)).toBe(comparable)
      expect(comparableName(name.normalize('NFD'))).toBe(comparable)
      expect(comparableName(name.normalize('NFC'))).toBe(comparable)
    }),
    runs,
  )
})
