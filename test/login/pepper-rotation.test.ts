import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { Service } from '../support/service.ts'

const { 1: first } = JSON.parse(env.PASSWORD_PEPPERS)
const second = base64url.encode(new Uint8Array(32).fill(2))

function workerWith(peppers: Record<string, string>): Service {
  return new Service({ PASSWORD_PEPPERS: JSON.stringify(peppers) })
}

async function hashOf(id: number): Promise<string | null> {
  return env.DB_US_EAST_1.prepare('SELECT password_hash FROM users WHERE id = ?')
    .bind(id)
    .first('password_hash')
}

describe('a rotated pepper', () => {
  it('lets old passwords in, is under their hash after the next log in, and then suffices alone', async () => {
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

  it('ends no session', async () => {
    const before = workerWith({ 1: first })
    const user = await before.createUser(await before.createSite())
    const { body } = await before.logIn(user)
    const rotated = workerWith({ 1: first, 2: second })
    await rotated.logIn(user)
    const headers = { Authorization: `Bearer ${body.token}` }
    expect((await rotated.ask('GET', '/api/rest/v1/site', { headers })).status).toBe(200)
  })

  it('is asked for again by a Worker that does not have it yet, which counts no failure', async () => {
    const before = workerWith({ 1: first })
    const user = await before.createUser(await before.createSite())
    await workerWith({ 1: first, 2: second }).logIn(user)
    const { status, headers } = await before.logIn(user)
    expect([status, headers.get('Retry-After')]).toEqual([503, '5'])
    const failures = await env.DB_US_EAST_1.prepare('SELECT * FROM login_failures').all()
    expect(failures.results).toEqual([])
  })
})
