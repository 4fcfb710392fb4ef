import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  jwtVerify,
  SignJWT,
} from 'jose'
import { describe, expect, it } from 'vitest'
import { ROTATION_LEAD_MS, type SigningJwk } from '../../src/crypto/signing-keys.ts'
import { SESSION_LIFETIME_MS } from '../../src/sessions/session-lifetime.ts'
import { DAY, MINUTE, SECOND } from '../../src/storage/clock.ts'
import { API, SDK, Service } from '../support/service.ts'
import { newSigningKey } from '../support/signing-key.ts'
import { testClock } from '../support/test-clock.ts'

/** Just rotated: Workers with the old and the new secrets, on the same stores and clock. */
async function rotated() {
  const clock = testClock()
  const old = await newSigningKey(clock() - DAY)
  const next = await newSigningKey(clock() + ROTATION_LEAD_MS)
  const before = workerWith([old], clock)
  const after = workerWith([old, next], clock)
  const user = await after.createUser(await after.createSite({ sessionExpiry: 30 * 24 }))
  return { clock, old, next, before, after, user }
}

function workerWith(keys: SigningJwk[], clock: Service['clock']): Service {
  return new Service({ SIGNING_KEYS: JSON.stringify(keys) }, clock)
}

async function publishedBy(worker: Service): Promise<string[]> {
  const { body } = await worker.ask('GET', '/.well-known/jwks.json')
  return body.keys.map(({ kid }: { kid: string }) => kid)
}

async function statusOf(worker: Service, credential: string): Promise<number> {
  const headers = { 'X-FilesAPI-Auth': credential }
  return (await worker.ask('GET', `${API}/site`, { headers })).status
}

async function tokenFrom(worker: Service, user: { username: string; password: string }) {
  return (await worker.logIn(user)).body.token as string
}

function kidOf(token: string): string | undefined {
  return decodeProtectedHeader(token).kid
}

describe('A signing key', () => {
  it('is published before it signs', async () => {
    const { clock, old, next, after, user } = await rotated()
    expect(await publishedBy(after)).toEqual([old.kid, next.kid])
    expect(kidOf(await tokenFrom(after, user))).toBe(old.kid)
    clock.advance(ROTATION_LEAD_MS - 1)
    expect(kidOf(await tokenFrom(after, user))).toBe(old.kid)
    clock.advance(1)
    expect(kidOf(await tokenFrom(after, user))).toBe(next.kid)
    expect(await publishedBy(after)).toEqual([old.kid, next.kid])
  })

  it('is in every key set that a verifier may still cache when it starts to sign', async () => {
    const { clock, after, user } = await rotated()
    clock.advance(ROTATION_LEAD_MS - 5 * MINUTE)
    const { body: kept, headers } = await after.ask('GET', '/.well-known/jwks.json')
    expect(headers.get('Cache-Control')).toBe('public, max-age=300')
    clock.advance(5 * MINUTE)
    const token = await tokenFrom(after, user)
    const { payload } = await jwtVerify(token, createLocalJWKSet(kept), {
      currentDate: new Date(clock()),
    })
    expect(payload.sub).toBe(String(user.id))
  })

  it('is kept until the last token that it signed has expired, and no longer', async () => {
    const { clock, old, next, after, user } = await rotated()
    clock.advance(ROTATION_LEAD_MS - 1)
    const last = await tokenFrom(after, user)
    expect(kidOf(last)).toBe(old.kid)
    clock.advance(1)
    clock.advance(SESSION_LIFETIME_MS - 2 * SECOND)
    expect(await statusOf(after, last)).toBe(200)
    expect(await publishedBy(after)).toEqual([old.kid, next.kid])
    clock.advance(2 * SECOND)
    expect(Number(decodeJwt(last).exp)).toBeLessThanOrEqual(clock() / SECOND)
    expect(await publishedBy(after)).toEqual([next.kid])
  })

  it('verifies nothing once it has expired, whatever a token claims', async () => {
    const { clock, old, after, user } = await rotated()
    const forged = async () => {
      const claims = decodeJwt(await tokenFrom(after, user))
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', typ: 'latchkey-session+jwt', kid: old.kid })
        .sign(await importJWK(old, 'ES256'))
    }
    clock.advance(ROTATION_LEAD_MS + SESSION_LIFETIME_MS - 1)
    expect(await statusOf(after, await forged())).toBe(200)
    clock.advance(1)
    expect(await statusOf(after, await forged())).toBe(401)
  })

  it('signs before its start time when there is no other', async () => {
    const clock = testClock()
    const early = await newSigningKey(clock() + MINUTE)
    const worker = workerWith([early], clock)
    const user = await worker.createUser(await worker.createSite())
    expect(await statusOf(worker, await tokenFrom(worker, user))).toBe(200)
  })
})

describe('A key rotation', () => {
  it('lets Workers with the old and the new secret accept each other’s tokens until it is complete', async () => {
    const { clock, before, after, user } = await rotated()
    for (let minute = 0; minute < ROTATION_LEAD_MS / MINUTE; minute++) {
      for (const issuer of [before, after]) {
        const token = await tokenFrom(issuer, user)
        for (const verifier of [before, after]) expect(await statusOf(verifier, token)).toBe(200)
      }
      clock.advance(MINUTE)
    }
  })

  it('loses no session under load', async () => {
    const { clock, old, next, before, after, user } = await rotated()
    const signsFrom = clock() + ROTATION_LEAD_MS
    clock.advance(ROTATION_LEAD_MS - 2 * SECOND)
    const kids = new Set<string | undefined>()
    let requests = 0
    const useASession = async (client: number) => {
      const { body } = await after.logIn(user, { headers: SDK })
      let token = body.token
      for (let use = 0; clock() < signsFrom + 2 * SECOND; use++) {
        const lagging = clock() < signsFrom && (client + use) % 2 === 0
        const worker = lagging ? before : after
        const auth = { headers: { ...SDK, 'X-FilesAPI-Auth': use % 3 === 0 ? body.id : token } }
        const renewed = await worker.ask('POST', `${API}/sessions/token`, auth)
        expect(renewed.status).toBe(201)
        for (const credential of [body.id, body.token, token, renewed.body.token])
          expect(await statusOf(worker, credential)).toBe(200)
        token = renewed.body.token
        kids.add(kidOf(token))
        requests += 5
        clock.advance(50)
      }
    }
    await Promise.all(Array.from({ length: 10 }, (_, client) => useASession(client)))
    expect(kids).toEqual(new Set([old.kid, next.kid]))
    expect(requests).toBeGreaterThan(300)
  })
})
