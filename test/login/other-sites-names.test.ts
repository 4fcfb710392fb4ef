import { beforeEach, describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { LaggingDatabase } from '../support/lagging-database.ts'
import { API, Service } from '../support/service.ts'
import { userWithFormerName } from '../support/user-with-former-name.ts'

const address = 'jane@acme.example'
const own = { username: address, password: 'the own password of jane' }
const foreign = { username: address, password: 'another password, elsewhere' }

/** Jane of mysite has verified her email address; a user of another site has it as username. */
async function open(service = new Service()) {
  const site = await service.createSite()
  const verified = { email: address, emailIsVerified: true }
  const jane = await service.createUser(site, {
    ...verified,
    username: 'jane',
    password: own.password,
  })
  const other = await service.createSite({ name: 'Other', subdomain: 'other' })
  const shadow = async () => service.createUser(other, { ...verified, ...foreign })
  return { service, site, other, jane, shadow }
}

async function outcomes() {
  const { results } = await env.DB_US_EAST_1.prepare(
    `SELECT site_id, user_id, outcome FROM ${EVERY_ATTEMPT} ORDER BY outcome`,
  ).all()
  return results
}

describe('A username of another site', () => {
  it('does not shadow a verified email address on the site’s own host', async () => {
    const { service, site, jane, shadow } = await open()
    await shadow()
    const onSite = { host: 'mysite.localhost' }
    expect((await service.logIn(own, onSite)).status).toBe(201)
    expect((await service.logIn(foreign, onSite)).status).toBe(401)
    expect(await outcomes()).toEqual([
      { site_id: site.id, user_id: jane.id, outcome: 'none' },
      { site_id: site.id, user_id: jane.id, outcome: 'password_mismatch' },
    ])
  })

  it('does not shadow it on the site’s own domain', async () => {
    const { service, site, shadow } = await open()
    await shadow()
    await env.DB_US_EAST_1.prepare(
      "UPDATE sites SET domain = 'files.acme.example', domain_verified_at = 1 WHERE id = ?",
    )
      .bind(site.id)
      .run()
    const onDomain = { host: 'files.acme.example' }
    expect((await service.logIn(own, onDomain)).status).toBe(201)
    expect((await service.logIn(foreign, onDomain)).status).toBe(401)
  })

  it('still finds its user at the host of its site and on the shared hosts', async () => {
    const { service, shadow } = await open()
    await shadow()
    for (const host of ['other.localhost', 'localhost', 'us-east-1.localhost']) {
      expect((await service.logIn(foreign, { host })).status).toBe(201)
      expect((await service.logIn(own, { host })).status).toBe(401)
    }
  })

  it('is unknown on the site’s own host when nobody has verified the email address there', async () => {
    const { service, site, jane, shadow } = await open()
    await shadow()
    await service.changeUser(jane.id, 'verified_email_key = NULL')
    for (const attempt of [own, foreign])
      expect((await service.logIn(attempt, { host: 'mysite.localhost' })).status).toBe(401)
    const unknown = { site_id: site.id, user_id: null, outcome: 'username_not_found' }
    expect(await outcomes()).toEqual([unknown, unknown])
  })

  it('is unknown on the site’s own host when it is not an email address', async () => {
    const { service, site, other } = await open()
    const user = await service.createUser(other, { username: 'joe' })
    expect((await service.logIn(user, { host: 'mysite.localhost' })).status).toBe(401)
    expect(await outcomes()).toEqual([
      { site_id: site.id, user_id: null, outcome: 'username_not_found' },
    ])
  })

  it('does not shadow a username of the site by its former key, at a login or a reset', async () => {
    const { service, site, other } = await open()
    const user = { username: 'strasse', email: 'strasse@acme.example', password: 'of the site' }
    await service.createUser(site, user)
    await userWithFormerName(service, other, { username: 'Straße', email: 'straße@other.example' })
    const onSite = { host: 'mysite.localhost' }
    const typed = { username: 'STRAßE', password: user.password }
    expect((await service.logIn(typed, onSite)).status).toBe(201)
    expect((await service.logIn({ ...typed, password: 'wrong' }, onSite)).status).toBe(401)
    const body = { username: typed.username }
    await service.ask('POST', `${API}/sessions/forgot`, { body, ...onSite })
    expect(service.mails.map(({ to }) => to)).toEqual([user.email])
  })

  it('does not keep the notice of a lockout from the owner of the email address', async () => {
    const { service, shadow } = await open()
    await shadow()
    for (let nth = 0; nth < 10; nth++)
      await service.logIn(
        { username: address, password: `wrong ${nth}` },
        { host: 'mysite.localhost' },
      )
    await service.runCron()
    expect(service.mails).toHaveLength(1)
    expect(service.mails[0]?.text).toContain('http://mysite.localhost/forgot')
  })
})

describe('A login with a replica that lags on the other site’s user', () => {
  let database: LaggingDatabase
  let opened: Awaited<ReturnType<typeof open>>

  beforeEach(async () => {
    database = new LaggingDatabase(env.DB_US_EAST_1, env.DB_US_EAST_1_REPLICA)
    opened = await open(new Service({ DB_US_EAST_1: database.binding }))
    await database.replicate()
  })

  it('on the site’s own host finds the owner of the email address', async () => {
    const { service, shadow } = opened
    const onSite = { host: 'mysite.localhost' }
    const { id } = await shadow()
    expect((await service.logIn(own, onSite)).status).toBe(201)
    await database.replicate()
    await env.DB_US_EAST_1.prepare('DELETE FROM users WHERE id = ?').bind(id).run()
    expect((await service.logIn(own, onSite)).status).toBe(201)
  })
})
