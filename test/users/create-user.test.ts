import { describe, expect, it, vi } from 'vitest'
import { MINUTE } from '../../src/storage/clock.ts'
import { UserStore } from '../../src/users/user-store.ts'
import { env } from '../support/env.ts'
import { Service } from '../support/service.ts'
import { userWithFormerName } from '../support/user-with-former-name.ts'

async function twoSites() {
  const service = new Service()
  const american = await service.createSite()
  const european = await service.createSite({ subdomain: 'europe' }, 'eu-central-1')
  return { service, american, european }
}

const countUsers = async () =>
  Number(await env.DB_US_EAST_1.prepare('SELECT count(*) AS n FROM users').first('n')) +
  Number(await env.DB_EU_CENTRAL_1.prepare('SELECT count(*) AS n FROM users').first('n'))

describe('Creating a user', () => {
  it('allows a username once, across all regions and letter cases', async () => {
    const { service, american, european } = await twoSites()
    await service.createUserByClaim(american, { username: 'Jo' })
    await expect(service.createUserByClaim(european, { username: 'jo' })).rejects.toThrow(
      'username-taken',
    )
    await expect(service.createUserByClaim(american, { username: 'JO' })).rejects.toThrow(
      'username-taken',
    )
  })

  it.each([
    ['a zero-width space', 'bo\u200bss', 'unseen'],
    ['a soft hyphen', 'bo\u00adss', 'unseen'],
    ['a direction override', '\u202eboss', 'unseen'],
    ['a control character', '\u0000site victim', 'unseen'],
    ['a lone surrogate', 'boss\ud800', 'unseen'],
    ['a variation selector', 'boss\ufe0f', 'unseen'],
    ['a grapheme joiner', 'boss\u034f', 'unseen'],
    ['a Hangul filler', 'boss\u115f', 'unseen'],
    ['another Hangul filler', 'boss\u3164', 'unseen'],
    ['a Braille blank', 'boss\u2800', 'unseen'],
    ['a musical blank', 'boss\u{1d159}', 'unseen'],
    ['a tag', 'boss\u{e0061}', 'unseen'],
    ['an invisible operator', 'boss\u2062', 'unseen'],
    ['two spaces', 'john  smith', 'spaces'],
    ['an Ogham space', 'john\u1680smith', 'spaces'],
    ['a no-break space', 'john\u00a0smith', 'spaces'],
    ['an ideographic space', 'john\u3000smith', 'spaces'],
    ['full width', '\uff42\uff4f\uff53\uff53', 'not-plain'],
    ['a ligature', 'of\ufb01ce', 'not-plain'],
    ['Cyrillic letters among Latin ones', 's\u0435ssi\u043enuser', 'mixed-scripts'],
    ['a Greek letter among Latin ones', 'b\u03bfss', 'mixed-scripts'],
    ['Hebrew and Latin letters', 'boss\u05d0', 'mixed-scripts'],
    ['Hangul and kana', '\uac00\u3042', 'mixed-scripts'],
    ['nothing', '', 'malformed'],
    ['two dots', '..', 'malformed'],
  ])('refuses a deceptive username: with %s', async (_, username, fault) => {
    const { service, american } = await twoSites()
    await expect(service.createUserByClaim(american, { username })).rejects.toThrow(
      `username-${fault}`,
    )
  })

  it.each([
    ...[
      'jane.doe',
      'Jane Doe',
      'jürgen',
      'Ørsted-7',
      'иван.петров',
      'Νίκος',
      '田中さくら',
      'カタカナひらがな',
    ],
    ...['김철수', '韓國 한국', 'محمد٣', 'שרה', 'अनिल', 'ธนากร', 'ㄅㄆ注音', 'Łukasz_1', 'Zoë+x'],
  ])(
    'accepts a username in one script, or in scripts that are written together: %s',
    async (username) => {
      const { service, american } = await twoSites()
      await service.createUserByClaim(american, { username })
      expect((await service.logIn({ username, password: 'sessionuserpassword' })).status).toBe(201)
    },
  )

  it.each([
    ['\u0441\u043e\u0440\u0435', 'cope'],
    ['\u0412\u041e\u0412', 'BOB'],
    ['\u0261oogle', 'google'],
    ['john\u2010smith', 'john-smith'],
    ['\u0131rene', 'irene'],
    ['\u03c1\u03bf\u03c1', '\u0440\u043e\u0440'],
  ])(
    'refuses a username that looks like another one of the site, in whatever script: %s',
    async (username, known) => {
      const { service, american, european } = await twoSites()
      await service.createUserByClaim(american, { username: known })
      await expect(service.createUserByClaim(american, { username })).rejects.toThrow(
        'username-looks-alike',
      )
      expect(await countUsers()).toBe(1)
      await service.createUserByClaim(european, { username })
      await expect(service.createUserByClaim(american, { username })).rejects.toThrow(
        'username-taken',
      )
    },
  )

  it('never compares the looks of plain ASCII names', async () => {
    const { service, american } = await twoSites()
    for (const username of ['modern', 'modem', 'user1', 'userl', 'b0b', 'bob', 'I1', 'Il'])
      await service.createUserByClaim(american, { username })
    await service.createUserByClaim(american, { username: '\u0441\u043e\u0440' })
    await service.createUserByClaim(american, { username: 'cop' })
    expect(await countUsers()).toBe(10)
  })

  it('has exactly one winner when 20 callers of one site want look-alike names', async () => {
    const { service, american } = await twoSites()
    await service.hashOf('sessionuserpassword')
    const looks = ['\u0440\u043e\u0440', '\u03c1\u03bf\u03c1']
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, nth) =>
        service.createUserByClaim(american, { username: looks[nth % 2] as string }),
      ),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await countUsers()).toBe(1)
  })

  it('frees the name of a user who was refused as a look-alike', async () => {
    const { service, american, european } = await twoSites()
    await service.createUserByClaim(american, { username: 'cope' })
    const username = '\u0441\u043e\u0440\u0435'
    await expect(service.createUserByClaim(american, { username })).rejects.toThrow(
      'username-looks-alike',
    )
    await service.createUserByClaim(european, { username })
  })

  it.each([
    ['Straße', 'STRASSE'],
    ['Νίκος', 'ΝΊΚΟΣ'],
    ['ΝΊΚΟΣ', 'νίκοσ'],
    ['Ŭla', 'ŬLA'],
    ['Zoe\u0308', 'ZOË'],
    ['ẞ1', 'ss1'],
  ])('allows a username once in every letter case: %s and %s', async (one, other) => {
    const { service, american, european } = await twoSites()
    await service.createUserByClaim(american, { username: one })
    await expect(service.createUserByClaim(european, { username: other })).rejects.toThrow(
      'username-taken',
    )
    await expect(service.createUserByClaim(american, { username: other })).rejects.toThrow(
      'username-taken',
    )
    const right = { username: other, password: 'sessionuserpassword' }
    expect((await service.logIn(right)).status).toBe(201)
    expect((await service.logIn(right, { host: 'mysite.localhost' })).status).toBe(201)
  })

  it('refuses a username that an older user has under its former key', async () => {
    const { service, american, european } = await twoSites()
    await userWithFormerName(service, american, { username: 'Straße' })
    for (const site of [american, european])
      for (const username of ['Straße', 'straße', 'STRAßE'])
        await expect(service.createUserByClaim(site, { username })).rejects.toThrow(
          'username-taken',
        )
  })

  it('has exactly one winner when 20 callers in two regions want one name', async () => {
    const { service, american, european } = await twoSites()
    await service.hashOf('sessionuserpassword')
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        service.createUserByClaim(i % 2 ? american : european, { username: 'wanted' }),
      ),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await countUsers()).toBe(1)
  })

  it('frees a username whose creation was cut short before the user existed', async () => {
    const { service, american, european } = await twoSites()
    const insert = vi.spyOn(UserStore.prototype, 'insert').mockRejectedValueOnce(new Error('cut'))
    await expect(service.createUserByClaim(american, { username: 'jo' })).rejects.toThrow('cut')
    insert.mockRestore()
    await expect(service.createUserByClaim(european, { username: 'jo' })).rejects.toThrow(
      'username-taken',
    )
    service.clock.advance(2 * MINUTE)
    await service.createUserByClaim(european, { username: 'jo' })
  })

  it('keeps a username whose creation was cut short after the user existed', async () => {
    const { service, american, european } = await twoSites()
    await service.createUserByClaim(american, { username: 'jo' })
    await env.DIRECTORY.prepare('UPDATE usernames SET confirmed_at = NULL').run()
    service.clock.advance(2 * MINUTE)
    await expect(service.createUserByClaim(european, { username: 'jo' })).rejects.toThrow(
      'username-taken',
    )
  })

  it('frees a username whose user is gone, as after a restored backup', async () => {
    const { service, american, european } = await twoSites()
    await service.createUserByClaim(american, { username: 'jo' })
    await env.DB_US_EAST_1.prepare('DELETE FROM users').run()
    await service.createUserByClaim(european, { username: 'jo' })
    await expect(service.createUserByClaim(american, { username: 'jo' })).rejects.toThrow()
  })

  it('allows an email address as username to its verified owner only', async () => {
    const { service, american } = await twoSites()
    const username = 'jo@example.com'
    await expect(service.createUserByClaim(american, { username })).rejects.toThrow(
      'username-is-foreign-address',
    )
    await expect(
      service.createUserByClaim(american, {
        username,
        email: 'other@example.com',
        emailIsVerified: true,
      }),
    ).rejects.toThrow('username-is-foreign-address')
    await service.createUserByClaim(american, {
      username,
      email: 'Jo@example.com',
      emailIsVerified: true,
    })
  })

  it('stores nothing of a user’s or site’s name outside its region except an HMAC', async () => {
    const { service, american } = await twoSites()
    await service.createUserByClaim(american, { username: 'recognisable' })
    const { results } = await env.DIRECTORY.prepare('SELECT * FROM usernames').all()
    expect(results).toHaveLength(3)
    expect(JSON.stringify(results)).not.toMatch(/recognisable|europe/)
  })
})
