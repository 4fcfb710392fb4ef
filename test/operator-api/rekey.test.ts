import { describe, expect, it, vi } from 'vitest'
import { UserStore } from '../../src/users/user-store.ts'
import { env } from '../support/env.ts'
import { operatorOf } from '../support/operator.ts'
import { API, SDK, Service } from '../support/service.ts'
import { databaseOf, userWithFormerName } from '../support/user-with-former-name.ts'

const password = 'sessionuserpassword'
const onSite = { host: 'mysite.localhost' }

async function open() {
  const service = new Service()
  const american = await service.createSite()
  const european = await service.createSite({ subdomain: 'europe' }, 'eu-central-1')
  const ask = operatorOf(service)
  const rekey = async (parameters: Record<string, unknown> = {}) => {
    const sum = { checked: 0, findings: [] as unknown[] }
    for (let cursor: string | null = ''; cursor !== null; ) {
      const asked = { per_page: 2, ...parameters, ...(cursor && { cursor }) }
      const { status, body, headers } = await ask('POST', '/users/rekey', asked)
      expect(status).toBe(200)
      sum.checked += body.checked
      sum.findings.push(...body.findings)
      cursor = headers.get('X-Files-Cursor')
    }
    return sum
  }
  /** The user whose session a name starts, at the global host or the site’s. */
  const who = async (username: string, ask = {}) => {
    const { status, body } = await service.logIn({ username, password }, { headers: SDK, ...ask })
    if (status !== 201) return status
    const headers = { ...SDK, 'X-FilesAPI-Auth': body.id }
    return (await service.ask('GET', `${API}/site`, { headers })).body.user.username
  }
  return { service, american, european, ask, rekey, who }
}

const keys = async (site: Parameters<typeof databaseOf>[0]) => {
  const { results } = await databaseOf(site)
    .prepare('SELECT username, username_key, email_key, verified_email_key FROM users ORDER BY id')
    .all<Record<string, string>>()
  return results
}

describe('npm run admin -- users rekey', () => {
  it('lets users with old keys log in by every spelling, and by their own the whole time', async () => {
    const { service, american, european, rekey, who } = await open()
    await userWithFormerName(service, american, { username: 'Straße' })
    await userWithFormerName(service, european, { username: 'Νίκος Σ' })
    await userWithFormerName(service, american, { username: 'ﬂorin' })
    for (const own of ['Straße', 'straße', 'STRAßE']) expect(await who(own)).toBe('Straße')
    expect(await who('STRASSE')).toBe(401)
    expect(await who('ΝΊΚΟΣ Σ')).toBe('Νίκος Σ')
    expect(await rekey()).toEqual({
      checked: 3,
      findings: [
        {
          region: 'us-east-1',
          site: 'mysite',
          username: 'ﬂorin',
          finding: 'name-not-allowed',
          other: null,
        },
      ],
    })
    for (const name of ['Straße', 'straße', 'STRASSE', 'Strasse', 'ſtraße'])
      expect(await who(name)).toBe('Straße')
    for (const name of ['νίκοσ σ', 'ΝΊΚΟΣ  Σ ']) expect(await who(name)).toBe('Νίκος Σ')
    for (const name of ['ﬂorin', 'florin', 'FLORIN']) expect(await who(name)).toBe('ﬂorin')
    expect(await who('Straße', onSite)).toBe('Straße')
    const done = await keys(american)
    expect(await rekey()).toMatchObject({ checked: 3 })
    expect(await keys(american)).toEqual(done)
  })

  it('leaves a user whose name another user has in the new form, and finds both', async () => {
    const { service, american, european, rekey, who } = await open()
    await userWithFormerName(service, american, { username: 'Straße' })
    await userWithFormerName(service, european, { username: 'strasse' })
    const taken = {
      region: 'us-east-1',
      site: 'mysite',
      username: 'Straße',
      finding: 'name-taken',
      other: null,
    }
    for (let time = 0; time < 2; time++) {
      expect((await rekey()).findings).toEqual([taken])
      for (const name of ['Straße', 'STRAßE']) expect(await who(name)).toBe('Straße')
      for (const name of ['strasse', 'STRASSE']) expect(await who(name)).toBe('strasse')
    }
    const again = service.createUserByClaim(european, { username: 'STRASSE' })
    await expect(again).rejects.toThrow('username-taken')
    await expect(service.createUserByClaim(american, { username: 'straße' })).rejects.toThrow(
      'username-taken',
    )
  })

  it('resumes where it was cut short, at any statement', async () => {
    const { service, american, rekey, who } = await open()
    await userWithFormerName(service, american, { username: 'Straße' })
    const { prototype } = UserStore
    const before = vi.spyOn(prototype, 'setUsernameKey').mockRejectedValueOnce(new Error('cut'))
    const { status } = await operatorOf(service)('POST', '/users/rekey', {})
    expect(status).toBe(503)
    expect(await who('straße')).toBe('Straße')
    before.mockRestore()
    expect((await rekey()).findings).toEqual([])
    expect(await who('STRASSE')).toBe('Straße')
    await env.DIRECTORY.prepare('UPDATE usernames SET confirmed_at = NULL').run()
    expect((await rekey()).findings).toEqual([])
    expect(await who('STRASSE')).toBe('Straße')
  })

  it('gives email addresses one key in both spellings of their domain', async () => {
    const { service, american, rekey, who } = await open()
    const email = 'Jo@bücher.example'
    await userWithFormerName(service, american, { username: email, email })
    expect(await who(email, onSite)).toBe(email)
    expect(await who('jo@xn--bcher-kva.example', onSite)).toBe(401)
    expect((await rekey()).findings).toEqual([])
    for (const typed of ['jo@BÜCHER.example', 'jo@xn--bcher-kva.example', ' Jo@bücher.example. '])
      for (const host of ['localhost', 'mysite.localhost'])
        expect(await who(typed, { host }), typed).toBe(email)
    expect(await keys(american)).toMatchObject([
      {
        username_key: 'jo@xn--bcher-kva.example',
        email_key: 'jo@xn--bcher-kva.example',
        verified_email_key: 'jo@xn--bcher-kva.example',
      },
    ])
  })

  it('takes no email address from a user that another one of the site has in another spelling', async () => {
    const { service, american, rekey, who } = await open()
    await userWithFormerName(service, american, { username: 'ann', email: 'jo@bücher.example' })
    await userWithFormerName(service, american, {
      username: 'bob',
      email: 'jo@xn--bcher-kva.example',
    })
    for (let time = 0; time < 2; time++) {
      expect(await who('jo@bücher.example', onSite)).toBe('ann')
      expect(await who('jo@xn--bcher-kva.example', onSite)).toBe('bob')
      expect((await rekey()).findings).toEqual([
        {
          region: 'us-east-1',
          site: 'mysite',
          username: 'ann',
          finding: 'address-taken',
          other: null,
        },
      ])
    }
  })

  it('reports names that new users cannot have, look-alikes of their site, and undeliverable addresses', async () => {
    const { service, american, european, rekey, who } = await open()
    await userWithFormerName(service, american, { username: 'scope' })
    await userWithFormerName(service, american, { username: 'ѕсоре' })
    await userWithFormerName(service, american, {
      username: 'sеssiоnuser',
      email: 'jané@example.com',
    })
    await userWithFormerName(service, european, { username: 'scоpe2', email: '<jo@example.com>' })
    for (const username of ['modern', 'modem']) await service.createUser(european, { username })
    const isThere = JSON.stringify((await rekey()).findings)
    expect(isThere).toContain('name-looks-alike')
    const { findings } = await rekey()
    const of = (username: string) =>
      (findings as { username: string; finding: string; other: string | null }[])
        .filter((one) => one.username === username)
        .map(({ finding, other }) => (other === null ? finding : `${finding} ${other}`))
    expect(of('scope')).toEqual(['name-looks-alike ѕсоре'])
    expect(of('ѕсоре')).toEqual(['name-looks-alike scope'])
    expect(of('sеssiоnuser')).toEqual(['name-not-allowed', 'address-undeliverable'])
    expect(of('scоpe2')).toEqual(['name-not-allowed', 'address-undeliverable'])
    expect(findings).toHaveLength(6)
    for (const name of ['scope', 'ѕсоре', 'sеssiоnuser', 'scоpe2'])
      expect(await who(name)).toBe(name)
    await expect(service.createUser(american, { username: 'ѕсоре1' })).resolves.toBeTruthy()
    await expect(service.createUser(american, { username: 'ѕсорё' })).resolves.toBeTruthy()
  })

  it('works on one region alone, and on 200 users at a time', async () => {
    const { service, american, european, ask, rekey, who } = await open()
    await userWithFormerName(service, american, { username: 'Straße' })
    await userWithFormerName(service, european, { username: 'Maße' })
    expect((await rekey({ region: 'eu-central-1' })).checked).toBe(1)
    expect([await who('MASSE'), await who('STRASSE')]).toEqual(['Maße', 401])
    expect((await ask('POST', '/users/rekey', { per_page: 201 })).status).toBe(400)
  })
})
