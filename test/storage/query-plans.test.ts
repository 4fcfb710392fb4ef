import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/storage/clock.ts'
import { adminDay, routesOfAdmins, VisitedService } from '../support/admin-day.ts'
import { env } from '../support/env.ts'
import { operatorOf } from '../support/operator.ts'
import { API, SDK, Service } from '../support/service.ts'
import { StatementRecorder } from '../support/statement-recorder.ts'

const password = 'correct horse battery'
const nextPassword = 'a quiet lamp by the window'
const lastPassword = 'a louder lamp by the door'

/** Runs every statement at least once. */
async function busyDay(service: Service): Promise<void> {
  const operate = operatorOf(service)
  const from = { ...SDK, 'CF-Connecting-IP': '203.0.113.7' }
  const expectStatus = async (answer: Promise<{ status: number }>, status: number) =>
    expect((await answer).status).toBe(status)
  const logIn = async (username: string, secret = password, host = 'localhost') =>
    (await service.logIn({ username, password: secret }, { headers: from, host })).body

  for (const [site, region] of [
    ['mysite', 'us-east-1'],
    ['europe', 'eu-central-1'],
  ]) {
    await expectStatus(operate('POST', '/sites', { subdomain: site, region }), 201)
    for (const name of ['jo', 'al']) {
      const user = { username: `${name}-${site}`, site, password, email: `${name}@example.com` }
      const rest = { email_verified: true, site_admin: true, self_managed: false }
      await expectStatus(operate('POST', '/users', { ...user, ...rest }), 201)
    }
  }
  await service.runCron()

  const session = await logIn('jo-mysite')
  const byAddress = await logIn('jo@example.com', password, 'mysite.localhost')
  expect(byAddress.id).toHaveLength(40)
  await env.DB_US_EAST_1.prepare(
    "UPDATE sites SET domain = 'mysite.example', domain_verified_at = 1",
  ).run()
  for (const name of ['jo@example.com', 'jo-mysite'])
    expect((await logIn(name, password, 'mysite.example')).id).toHaveLength(40)
  await env.DB_US_EAST_1.prepare('UPDATE sites SET domain_verified_at = NULL').run()
  const redeemed = service.logIn(
    { username: session.login_token },
    { headers: from, host: 'mysite.localhost' },
  )
  await expectStatus(redeemed, 201)
  for (const credential of [session.id, session.token]) {
    const headers = { 'X-FilesAPI-Auth': credential }
    await expectStatus(service.ask('GET', `${API}/site`, { headers }), 200)
    await expectStatus(service.ask('POST', `${API}/sessions/token`, { headers }), 201)
    service.clock.advance(10 * MINUTE)
    await service.runCron()
    await expectStatus(service.ask('GET', `${API}/site`, { headers }), 200)
  }
  const admin = { headers: { 'X-FilesAPI-Auth': session.id } }
  const days = `start_at=${new Date(0).toISOString()}&end_at=2100-01-01T00:00:00Z`
  for (const query of ['', days])
    await expectStatus(service.ask('GET', `${API}/history/login?${query}`, admin), 200)
  for (const list of ['users', 'sessions', 'sites'])
    for (const query of ['', '?site=mysite', '?region=us-east-1', '?username=jo-mysite'])
      await operate('GET', `/${list}${query}`)
  for (const credential of [session.token, byAddress.id]) {
    const headers = { 'X-FilesAPI-Auth': credential }
    await expectStatus(service.ask('DELETE', `${API}/sessions`, { headers }), 204)
  }

  for (const host of ['localhost', 'mysite.localhost', 'europe.localhost'])
    for (let guess = 0; guess < 11; guess++) await logIn('al-mysite', `wrong ${guess}`, host)
  await operate('POST', '/users/al-mysite/unlock')
  await operate('POST', '/users/al-mysite/welcome')
  await operate('POST', '/users/al-mysite/disable')
  await operate('POST', '/users/al-mysite/enable')
  await operate('POST', '/users/al-mysite/password', { password: nextPassword })
  const change = { change_password: lastPassword, change_password_confirmation: lastPassword }
  await service.logIn({ username: 'al-mysite', password: nextPassword, ...change })
  const [one] = (await operate('GET', '/sessions?username=al-mysite')).body
  await operate('DELETE', `/sessions/${one?.id}`)

  for (const body of [{ username: 'jo-mysite' }, { email: 'jo@example.com' }])
    for (const host of ['localhost', 'mysite.localhost']) {
      await expectStatus(service.ask('POST', `${API}/sessions/forgot`, { body, host }), 204)
      service.clock.advance(HOUR)
    }
  await service.ask('POST', `${API}/sessions/forgot`, { body: { username: 'jo-mysite' } })
  const code = /code=([0-9a-f]{40})/.exec(service.mails.at(-1)?.text ?? '')?.[1]
  await expectStatus(
    service.ask('POST', `${API}/sessions/forgot/validate`, { body: { code } }),
    204,
  )
  const reset = { code, password: nextPassword }
  await expectStatus(service.ask('POST', `${API}/sessions/forgot/reset`, { body: reset }), 204)
  await expectStatus(service.ask('GET', '/health'), 200)
  service.clock.advance(100 * DAY)
  await service.runCron()
}

/** The tables and indexes that a statement scans, other than a page of a list in the order of an index. */
async function scans(recorder: StatementRecorder, statement: string): Promise<string[]> {
  const plan = await recorder.planOf(statement)
  const isPage =
    /limit (\?|\d+)$/i.test(statement) && !/where/i.test(statement) && !plan.some(isSorting)
  return isPage ? [] : plan.filter(isScan)
}

/** Except the rows of `made`, which a statement finds by an index and then iterates. */
function isScan(step: string): boolean {
  return /^SCAN (?!CONSTANT ROW|made$|\(subquery)/.test(step) && !step.includes('VIRTUAL TABLE')
}

function isSorting(step: string): boolean {
  return step.startsWith('USE TEMP B-TREE')
}

/** The statements of a day, by database. */
async function recorded(
  day: (bindings: Record<string, D1Database>) => Promise<void>,
): Promise<StatementRecorder[]> {
  const recorders = {
    DB_US_EAST_1: new StatementRecorder(env.DB_US_EAST_1),
    DB_EU_CENTRAL_1: new StatementRecorder(env.DB_EU_CENTRAL_1),
    DIRECTORY: new StatementRecorder(env.DIRECTORY),
  }
  const bindings = Object.entries(recorders).map(([name, { binding }]) => [name, binding])
  await day(Object.fromEntries(bindings))
  return Object.values(recorders)
}

describe('The plan of every statement', () => {
  it('looks rows up by an index, so that none slows down with the number of rows', async () => {
    const recorders = await recorded((bindings) => busyDay(new Service(bindings)))
    expect(recorders[0]?.statements.size).toBeGreaterThan(70)
    for (const recorder of recorders)
      for (const statement of recorder.statements)
        expect(await scans(recorder, statement), statement).toEqual([])
  })

  it('uses an index for site admins and single sign-on, on every route and page', async () => {
    let visited: string[] = []
    const recorders = await recorded(async (bindings) => {
      const service = new VisitedService(bindings)
      await adminDay(service)
      visited = [...service.visited]
    })
    expect(routesOfAdmins.filter((route) => !visited.includes(route))).toEqual([])
    for (const recorder of recorders)
      for (const statement of recorder.statements)
        expect(await scans(recorder, statement), statement).toEqual([])
  })

  it('uses an index for API keys that create, change and revoke others', async () => {
    const recorders = await recorded(async (bindings) => {
      const service = new Service(bindings)
      const site = await service.createSite()
      const admin = await service.createUser(site, { siteAdmin: true })
      const { id: user_id } = await service.createUser(site, { username: 'jane' })
      const { body } = await service.logIn(admin, { headers: SDK })
      const ask = async (credential: object, method: string, path: string, sent?: object) => {
        const headers = { ...SDK, ...credential }
        const asked = { headers, ...(sent && { body: { ...sent } }) }
        const answer = await service.ask(method, `${API}${path}`, asked)
        expect(answer.status, `${method} ${path}`).toBeLessThan(300)
        return answer.body
      }
      const session = { 'X-FilesAPI-Auth': body.id }
      const parent = await ask(session, 'POST', '/api_keys', { name: 'parent' })
      const byKey = { 'X-FilesAPI-Key': parent.key }
      const child = await ask(byKey, 'POST', '/api_keys', { name: 'child', user_id })
      await ask({ 'X-FilesAPI-Key': child.key }, 'GET', '/site')
      for (const change of [
        { name: 'other' },
        { expires_at: '2100-01-01T00:00:00Z' },
        { path: 'projects' },
        { permission_set: 'files_only' },
      ])
        await ask(session, 'PATCH', `/api_keys/${parent.id}`, change)
      await ask(session, 'GET', `/api_keys?user_id=${user_id}`)
      await ask(session, 'DELETE', `/api_keys/${parent.id}`)
      service.clock.advance(100 * DAY)
      await service.runCron()
    })
    const recursive = /WITH RECURSIVE made/
    expect([...(recorders[0]?.statements ?? [])].some((one) => recursive.test(one))).toBe(true)
    for (const recorder of recorders)
      for (const statement of recorder.statements)
        expect(await scans(recorder, statement), statement).toEqual([])
  })

  it('stays within a site’s own users when it searches for a part of a name', async () => {
    const recorders = await recorded(async (bindings) => {
      const service = new Service(bindings)
      const site = await service.createSite()
      const admin = await service.createUser(site, { siteAdmin: true })
      const { body } = await service.logIn(admin, { headers: SDK })
      const headers = { ...SDK, 'X-FilesAPI-Auth': body.id }
      for (const path of [`${API}/users?search=a`, '/admin/users?search=a&admins=true&sso=true'])
        expect((await service.ask('GET', path, { headers })).status).toBe(200)
    })
    const [recorder] = recorders as [StatementRecorder]
    const searches = [...recorder.statements].filter((statement) => statement.includes('instr('))
    expect(searches).toHaveLength(2)
    for (const search of searches)
      expect(await recorder.planOf(search)).toEqual([
        'SEARCH users USING INDEX users_site (site_id=? AND rowid>?)',
      ])
  })

  it.each([
    ['SELECT id FROM users WHERE email = ?', 'SCAN users'],
    ['DELETE FROM sessions WHERE last_used_at < ?', 'SCAN sessions'],
    ['SELECT id FROM sessions ORDER BY created_at LIMIT 1', 'SCAN sessions'],
    ['SELECT id FROM users WHERE email = ? LIMIT 1', 'SCAN users'],
  ])('would show a scan in %s', async (statement, scan) => {
    expect(await scans(new StatementRecorder(env.DB_US_EAST_1), statement)).toEqual([scan])
  })
})
