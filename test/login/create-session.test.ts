import { describe, expect, it } from 'vitest'
import { Service } from '../support/service.ts'

describe('POST /sessions', () => {
  it('logs a user in with username and password', async () => {
    const service = new Service()
    await service.createUser(await service.createSite())
    const { status, body, headers } = await service.logIn({
      username: 'sessionuser',
      password: 'sessionuserpassword',
    })
    expect(status).toBe(201)
    expect(body.id).toEqual(expect.any(Number))
    expect(headers.get('Vary')).toBe('User-Agent')
    expect(headers.get('Set-Cookie')).toBeNull()
  })
})
