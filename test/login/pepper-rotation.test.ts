import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'
import type { VersionedKeysSecret } from '../../src/crypto/versioned-keys.ts'
import { MINUTE } from '../../src/storage/clock.ts'
import { env } from '../support/env.ts'
import { Service } from '../support/service.ts'
import { testClock } from '../support/test-clock.ts'

const { 1: first } = JSON.parse(env.PASSWORD_PEPPERS)
const second = base64url.encode(new Uint8Array(32).fill(2))

function workerWith(peppers: VersionedKeysSecret, clock = testClock()): Service {
  return new Service({ PASSWORD_PEPPERS: JSON.stringify(peppers) }, clock)
}

async function hashOf(id: number): Promise<string | null> {
  return env.DB_US_EAST_1.prepare('SELECT password_hash FROM users WHERE id = ?')
    .bind(id)
    .first('password_hash')
}

describe('A rotated pepper', () => {
  it('accepts old passwords, rehashes them at the next login, and then suffices alone', async () => {
    const before = workerWith({ 1: first })
    const user = await before.createUser(await before.createSite())
    expect(await hashOf(user.id)).toContain('keyid=1$')

    const rotated = workerWith({ 1: first, 2: second })
    expect((await rotated.logIn({ ...user, password: 'wrong' })).status).toBe(401)
    expect(await hashOf(user.id)).toContain('keyid=1$')
    expect((await rotated.logIn(user)).status).toBe(201)
    const renewed = await hashOf(user.id)
    expect(renewed).toContain('keyid=2$')

    const after = workerWith({ 2: second })
    expect((await after.logIn(user)).status).toBe(201)
    expect((await after.logIn({ ...user, password: 'wrong' })).status).toBe(401)
    expect(await hashOf(user.id)).toBe(renewed)
  })

  it('revokes no session', async () => {
    const before = workerWith({ 1: first })
    const user = await before.createUser(await before.createSite())
    const { body } = await before.logIn(user)
    const rotated = workerWith({ 1: first, 2: second })
    await rotated.logIn(user)
    const headers = { Authorization: `Bearer ${body.token}` }
    expect((await rotated.ask('GET', '/api/rest/v1/site', { headers })).status).toBe(200)
  })

  it('is used once every Worker has it, so that during a rollout each verifies the other’s hashes', async () => {
    const clock = testClock()
    const used_from = new Date(clock() + 10 * MINUTE).toISOString()
    const old = workerWith({ 1: first }, clock)
    const rotated = workerWith({ 1: first, 2: { key: second, used_from } }, clock)
    const user = await old.createUser(await old.createSite())
    expect((await rotated.logIn(user)).status).toBe(201)
    expect(await hashOf(user.id)).toContain('keyid=1$')
    expect((await old.logIn(user)).status).toBe(201)
    clock.advance(10 * MINUTE)
    expect((await rotated.logIn(user)).status).toBe(201)
    expect(await hashOf(user.id)).toContain('keyid=2$')
  })

  it('missing on a Worker does not reveal which names exist: the reply and the work are those of a wrong name', async () => {
    const before = workerWith({ 1: first })
    const user = await before.createUser(await before.createSite())
    const without = workerWith({ 2: second })
    const known = await without.logIn(user)
    const unknown = await without.logIn({ ...user, username: 'nobody' })
    expect([known.status, known.body.error]).toEqual([401, unknown.body.error])
    expect(known.trips.length).toBe(unknown.trips.length)
  })
})
