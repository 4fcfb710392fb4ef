import { describe, expect, it } from 'vitest'
import { HASH_COST } from '../../src/passwords/argon2id.ts'
import { parsePhc } from '../../src/passwords/phc-string.ts'
import { env } from '../support/env.ts'
import { hashesOfOtherSystems, importedPassword } from '../support/imported-hashes.ts'
import { LEAST_HASH_COST } from '../support/least-hash-cost.ts'
import { operatorOf } from '../support/operator.ts'
import { Service } from '../support/service.ts'

const [, bcrypt = ''] = hashesOfOtherSystems[0] ?? []
/** One of them at the real cost of ours. */
const imports = hashesOfOtherSystems.map(
  ([system, text]) => [system, text, text === bcrypt ? HASH_COST : LEAST_HASH_COST] as const,
)
const right = { username: 'jo', password: importedPassword }

async function withImported(imported_password_hash = bcrypt, hashCost = LEAST_HASH_COST) {
  const service = new Service({}, undefined, hashCost)
  await service.createSite()
  const ask = operatorOf(service)
  const user = { username: 'jo', site: 'mysite', imported_password_hash }
  const { status } = await ask('POST', '/users', user)
  expect(status).toBe(201)
  return { service, ask }
}

async function storedHash(): Promise<string> {
  const row = env.DB_US_EAST_1.prepare("SELECT password_hash FROM users WHERE username = 'jo'")
  return (await row.first<string>('password_hash')) ?? ''
}

describe('A user with an imported password', () => {
  it.each(imports)(
    'from %s logs in, and their hash is replaced by one of ours',
    async (_, text, cost) => {
      const { service } = await withImported(text, cost)
      expect(await storedHash()).toMatch(/^imported\$/)
      expect((await service.logIn(right)).status).toBe(201)
      const renewed = await storedHash()
      expect(parsePhc(renewed)).toMatchObject({ cost, pepper: 1 })
      expect((await service.logIn(right)).status).toBe(201)
      expect((await service.logIn({ ...right, password: 'wrong' })).status).toBe(401)
      expect(await storedHash()).toBe(renewed)
    },
  )

  it('is refused a wrong password like anybody else, and is counted and locked out likewise', async () => {
    const { service } = await withImported()
    const stored = await storedHash()
    const onSite = { host: 'mysite.localhost' }
    const wrong = await service.logIn({ ...right, password: 'wrong' }, onSite)
    const unknown = await service.logIn({ ...right, username: 'nobody' }, onSite)
    expect([wrong.status, wrong.body.type, wrong.trips]).toEqual([
      401,
      'not-authenticated/invalid-username-or-password',
      unknown.trips,
    ])
    for (let nth = 0; nth < 10; nth++) await service.logIn({ ...right, password: `wrong ${nth}` })
    expect((await service.logIn(right)).body.type).toBe('not-authenticated/locked-out')
    expect(await storedHash()).toBe(stored)
  })

  it('is not logged in with the hash itself', async () => {
    const { service } = await withImported()
    for (const password of [bcrypt, await storedHash()])
      expect((await service.logIn({ ...right, password })).status).toBe(401)
  })

  it('can type the password in any Unicode form, even at the first login', async () => {
    const { service } = await withImported()
    const decomposed = { ...right, password: importedPassword.normalize('NFD') }
    expect(
      (await service.logIn({ ...decomposed, password: `${decomposed.password}!` })).status,
    ).toBe(401)
    expect((await service.logIn(decomposed)).status).toBe(201)
    expect((await service.logIn(right)).status).toBe(201)
  })

  it('is logged in each time by ten simultaneous first logins', async () => {
    const { service } = await withImported()
    const answers = await Promise.all(Array.from({ length: 10 }, () => service.logIn(right)))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201))
    expect(await storedHash()).toMatch(/^\$argon2id\$/)
    expect((await service.logIn(right)).status).toBe(201)
  })

  it('whose password the operator sets has only that one', async () => {
    const { service, ask } = await withImported()
    const password = 'staple battery horse'
    await ask('POST', '/users/jo/password', { password })
    expect((await service.logIn(right)).status).toBe(401)
    expect((await service.logIn({ ...right, password })).body.type).toBe(
      'not-authorized/password-change-required',
    )
  })
})
