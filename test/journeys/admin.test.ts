import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asEnvFile } from '../../src/cli/keys.ts'
import { admin } from './support/admin-command.ts'
import { API, freePort, type Latchkey, startLatchkey } from './support/latchkey.ts'
import './support/localhost-names.ts'
import { ownSite, unlike } from './support/own-site.ts'

let latchkey: Latchkey
let origin: string
/** The files of a local service, with its secrets. */
let stateFolder: string

beforeAll(async () => {
  latchkey = await startLatchkey()
  origin = latchkey.origin
  stateFolder = mkdtempSync(join(tmpdir(), 'latchkey-'))
  writeFileSync(join(stateFolder, 'keys.env'), asEnvFile(latchkey.keys))
})
afterAll(async () => {
  await latchkey?.stop()
  rmSync(stateFolder, { recursive: true, force: true })
})

const where = () => ['--origin', origin, '--persist-to', stateFolder]
const obeyed = async (words: string, input = '') => {
  const ended = await admin([...words.split(' '), ...where()], { input })
  expect(ended).toMatchObject({ code: 0, error: '', leftRunning: [] })
  return ended.out
}
const refused = async (words: string, input = '') => {
  const ended = await admin([...words.split(' '), ...where()], { input })
  expect(ended).toMatchObject({ code: 1, out: '', leftRunning: [] })
  return ended.error
}

async function logIn(username: string, password: string, others = {}): Promise<Response> {
  const body = new URLSearchParams({ username, password, ...others })
  const headers = { Accept: 'application/json; id=int64' }
  return fetch(`${origin}${API}/sessions`, { method: 'POST', headers, body })
}

async function statusOf({ token }: Session): Promise<number> {
  const headers = { Authorization: `Bearer ${token}` }
  return (await fetch(`${origin}${API}/site`, { headers })).status
}

it('npm run admin without arguments prints every command', () => {
  // Nothing has to be installed first.
  const out = execFileSync('npm', ['run', '--silent', '--ignore-scripts', 'admin'], {
    encoding: 'utf8',
  })
  for (const words of ['site create SUBDOMAIN', 'user passwd USERNAME', 'session end ID'])
    expect(out).toContain(words)
})

interface Session {
  id: number
  token: string
}

/** A separate site whose user has a session. */
async function siteWithSession() {
  const site = await ownSite(latchkey)
  const reply = await logIn(site.user.username, site.user.password)
  expect(reply.status).toBe(201)
  return { site, session: (await reply.json()) as Session }
}

describe('npm run admin while the service runs', () => {
  it('creates a site and a user, with the password from standard input', async () => {
    const [acme, jane] = [unlike('acme'), unlike('jane')]
    expect(await obeyed(`site create ${acme} --name Acme`)).toBe(
      `Created the site ${acme} in us-east-1.\n`,
    )
    expect(await obeyed(`site show ${acme}`)).toMatch(/^name +Acme$/m)
    const made = `user create ${jane} --site ${acme} --email jane@example.com --site-admin`
    expect(await obeyed(made, 'correct horse, battery \r\nnot this line\n')).toBe(
      `Created the user ${jane} of ${acme} in us-east-1. At their first login they choose a password of their own.\n`,
    )
    expect((await logIn(jane, 'correct horse ')).status).toBe(401)
    expect((await logIn(jane, 'correct horse, battery ')).status).toBe(403)
    const change_password = 'jane’s own: battery staple'
    const reply = await logIn(jane, 'correct horse, battery ', { change_password })
    expect(reply.status).toBe(201)
  })

  it('lists sites, users and sessions as tables, and as JSON for programs', async () => {
    const { site, session } = await siteWithSession()
    const { subdomain, user, admin } = site
    expect(await obeyed('site list')).toMatch(
      new RegExp(`^SUBDOMAIN +REGION.*\n${subdomain} +us-east-1 +My Site `, 's'),
    )
    const listed = await obeyed(`user list --site ${subdomain}`)
    expect(listed).toMatch(/^USERNAME /)
    const line = (name: string, rest: string) =>
      new RegExp(`^${name} +${subdomain} +us-east-1 +${name}@example.com +${rest}`, 'm')
    expect(listed).toMatch(line(user.username, 'no +no +\\d{4}-'))
    expect(listed).toMatch(line(admin.username, 'yes +no +-'))
    const inRegion = JSON.parse(await obeyed('user list --region us-east-1 --json'))
    expect(inRegion.map(({ username }: { username: string }) => username)).toEqual(
      expect.arrayContaining([user.username, admin.username, 'sessionuser', 'siteadmin']),
    )
    expect(await obeyed(`session list --user ${user.username}`)).toContain(String(session.id))
    expect(JSON.parse(await obeyed(`session list --site ${subdomain} --json`))).toMatchObject([
      { id: session.id, username: user.username, site: subdomain, region: 'us-east-1' },
    ])
    expect(JSON.parse(await obeyed('session list --site mysite --json'))).toEqual([])
  })

  it('revokes a session at once', async () => {
    const { site, session } = await siteWithSession()
    expect(await statusOf(session)).toBe(200)
    await obeyed(`session end ${session.id}`)
    expect(await statusOf(session)).toBe(401)
    expect(await obeyed(`session list --site ${site.subdomain}`)).toBe('None.\n')
    expect(await refused(`session end ${session.id}`)).toMatch(
      /^There is no such session, or it is no longer active\. \(request [0-9a-f]{32}\)\n$/,
    )
  })

  it('sets a password, disables and enables a user', async () => {
    const [{ subdomain }, machine] = [await ownSite(latchkey), unlike('machine')]
    await obeyed(`user create ${machine} --site ${subdomain} --shared`, 'correct horse, battery ')
    await obeyed(`user passwd ${machine}`, 'battery staple, horse')
    expect((await logIn(machine, 'correct horse, battery ')).status).toBe(401)
    const reply = await logIn(machine, 'battery staple, horse')
    const begun = (await reply.json()) as Session
    expect(await obeyed(`user reset-2fa ${machine}`)).toContain(
      `The 2FA methods of ${machine} were removed.`,
    )
    await obeyed(`user disable ${machine}`)
    expect(await statusOf(begun)).toBe(401)
    expect((await logIn(machine, 'battery staple, horse')).status).toBe(401)
    expect(await obeyed(`user show ${machine}`)).toMatch(/^disabled +yes$/m)
    await obeyed(`user enable ${machine}`)
    expect((await logIn(machine, 'battery staple, horse')).status).toBe(201)
  })

  it('says what is wrong, and changes nothing', async () => {
    const { subdomain, user } = await ownSite(latchkey)
    const name = user.username
    expect(
      await refused(`user create ${name} --site ${subdomain}`, 'long enough for most'),
    ).toContain('This username is already taken.')
    expect(await refused(`user passwd ${name}`, 'short\n')).toContain('at least 15 characters')
    expect(await refused(`user passwd ${name}`)).toBe('No new password was given.\n')
    expect(await refused('user show nobody')).toContain('There is no such user.')
    expect(await refused('site create www')).toContain('This subdomain is reserved.')
    expect(await refused('site create new --region mars')).toContain('region')
    expect(await refused('user create jo', 'long enough for most')).toContain('--site')
    expect(await refused(`user passwd ${name} --password secret`)).not.toContain('secret')
    expect(await refused(`user forget ${name}`)).toContain('There is no command')
    expect((await logIn(name, user.password)).status).toBe(201)
  })

  it('takes the token from the environment with --remote, and no other service’s', async () => {
    const { OPERATOR_TOKEN = '' } = latchkey.keys
    const listed = (token: string) =>
      admin(['site', 'list', '--remote', '--origin', origin], {
        env: { LATCHKEY_OPERATOR_TOKEN: token },
      })
    expect(await listed(OPERATOR_TOKEN)).toMatchObject({ code: 0, error: '' })
    expect(await listed('A'.repeat(43))).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringMatching(/OPERATOR_TOKEN.*\(request [0-9a-f]{32}\)/),
    })
    expect((await listed('')).error).toContain('LATCHKEY_OPERATOR_TOKEN')
  })

  it('sends no token over plain HTTP to another machine, nor to a placeholder', async () => {
    const at = ['--origin', 'http://latchkey.example.com']
    const env = { LATCHKEY_OPERATOR_TOKEN: 'A'.repeat(43) }
    expect(await admin(['site', 'list', '--remote', ...at], { env })).toMatchObject({
      code: 1,
      error: expect.stringContaining('HTTPS only'),
    })
    expect((await admin(['site', 'list', '--remote'], { env })).error).toContain('--origin')
    const nowhere = ['--origin', `http://localhost:${await freePort()}`]
    expect(await admin(['site', 'list', ...nowhere])).toMatchObject({
      code: 1,
      error: expect.stringContaining('Leave --origin out'),
      leftRunning: [],
    })
    expect(await admin(['site', 'list', ...at])).toMatchObject({
      code: 1,
      error: expect.stringContaining('--remote'),
    })
  })
})

describe('npm run admin while nothing runs', () => {
  it('starts the service on the same state, and stops it again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-'))
    const at = ['--persist-to', folder]
    const ended = (words: string, input = '') => admin([...words.split(' '), ...at], { input })
    // Two at once wait for each other: they would start two services on the same files.
    const [made, shown] = await Promise.all([
      ended('user create jim --site mysite', 'long enough for most'),
      ended('user show nobody'),
    ])
    expect(made).toMatchObject({ code: 0, error: '', leftRunning: [] })
    expect(shown).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringContaining('There is no such user.'),
      leftRunning: [],
    })
    const { out, leftRunning } = await ended('user list --site mysite --json')
    expect([JSON.parse(out).length, leftRunning]).toEqual([3, []])
    rmSync(folder, { recursive: true, force: true })
  })
})
