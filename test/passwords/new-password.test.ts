import { describe, expect, inject, it, vi } from 'vitest'
import { SECOND } from '../../src/storage/clock.ts'
import { operatorOf } from '../support/operator.ts'
import { Service } from '../support/service.ts'
import { shortRequests } from '../support/short-deadlines.ts'

const first = 'a quiet lamp by the window'

async function serviceWithUser(input = {}, changes: ConstructorParameters<typeof Service>[0] = {}) {
  const service = new Service(changes)
  await service.createUser(await service.createSite(input), { password: first })
  const ask = operatorOf(service)
  const set = (password: string, headers = {}) => {
    service.clock.advance(1)
    return ask('POST', '/users/sessionuser/password', { password }, headers)
  }
  return { service, set }
}

describe('A new password', () => {
  it('is refused with every rule that it breaks, in the caller’s language', async () => {
    const { set } = await serviceWithUser({ passwordRequireNumber: true })
    const { status, body } = await set('kurz', { 'Accept-Language': 'de' })
    expect(status).toBe(422)
    expect(body.model_errors).toEqual({
      password: [
        'Das Passwort muss mindestens 15 Zeichen lang sein.',
        'Das Passwort muss eine Ziffer enthalten.',
      ],
    })
    expect(body.errors).toEqual(body.model_errors.password)
    expect(body.error).toContain('15 Zeichen')
  })

  it('may be reused when the site remembers no passwords', async () => {
    const { set } = await serviceWithUser()
    expect((await set(first)).status).toBe(204)
  })

  it('may not be one of the last that the site remembers, and older ones are forgotten', async () => {
    const { set, service } = await serviceWithUser({ maxPriorPasswords: 2 })
    const [second, third] = ['another lamp by the door', 'a third lamp on the stairs']
    const statuses = []
    for (const password of [first, second, first, second, third, second, first])
      statuses.push((await set(password)).status)
    expect(statuses).toEqual([422, 204, 422, 422, 204, 422, 204])
    const rows = service.env.DB_US_EAST_1.prepare('SELECT count(*) AS n FROM prior_passwords')
    expect(await rows.first('n')).toBe(2)
  })
})

describe('The breach check', () => {
  const STOLEN = inject('stolenPassword')
  const at = (kind: string) => ({ BREACH_CHECK_URL: `${inject('outsideWorld')}/${kind}` })

  it('refuses a breached password, and no other', async () => {
    const { set } = await serviceWithUser({}, at('range'))
    const refused = await set(STOLEN)
    expect([refused.status, refused.body.errors]).toEqual([
      422,
      ['This password is in a list of stolen passwords. Choose another.'],
    ])
    expect((await set('nobody ever lost this one')).status).toBe(204)
  })

  it('is disabled unless it is configured', async () => {
    const { set } = await serviceWithUser()
    expect((await set(STOLEN)).status).toBe(204)
  })

  it.each(['down', 'endless', 'silent'])(
    'accepts the password while the service is %s, and logs that',
    async (kind) => {
      const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
      const { set } = await serviceWithUser({}, at(kind))
      const deadlines = kind === 'silent' ? shortRequests(2 * SECOND) : null
      expect((await set(STOLEN)).status).toBe(204)
      expect(deadlines?.times()).not.toBe(0)
      expect(warned).toHaveBeenCalledOnce()
      expect(warned.mock.calls.join()).toContain('breach check')
      expect(warned.mock.calls.join()).not.toContain(STOLEN)
    },
  )
})
