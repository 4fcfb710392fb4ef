import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { admin } from './support/admin-command.ts'
import { API } from './support/latchkey.ts'
import { StartedService } from './support/started-service.ts'
import { freePort } from './support/started-workers.ts'

let stateFolder: string
let origin: string
let service: StartedService

beforeAll(async () => {
  stateFolder = mkdtempSync(join(tmpdir(), 'latchkey-'))
  const port = await freePort()
  origin = `http://localhost:${port}`
  service = new StartedService({ port, stateFolder })
  await service.ready()
})
afterAll(() => {
  service.kill()
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
  return fetch(`${origin}${API}/sessions`, { method: 'POST', body })
}

async function statusOf({ token }: { token: string }): Promise<number> {
  const headers = { Authorization: `Bearer ${token}` }
  return (await fetch(`${origin}${API}/site`, { headers })).status
}

it('npm run admin alone prints every command', () => {
  const out = execFileSync('npm', ['run', '--silent', 'admin'], { encoding: 'utf8' })
  for (const words of ['site create SUBDOMAIN', 'user passwd USERNAME', 'session end ID'])
    expect(out).toContain(words)
})

/** In this order: each goes on where the one before it ended. */
describe('npm run admin, while the service runs', () => {
  let session: { id: number; token: string }

  it('creates a site and a user, whose password is a line on standard input', async () => {
    expect(await obeyed('site create acme --name Acme')).toBe(
      'The site acme is there, in us-east-1.\n',
    )
    expect(await obeyed('site show acme')).toMatch(/^name +Acme$/m)
    const made = 'user create jane --site acme --email jane@example.com --site-admin'
    expect(await obeyed(made, 'correct horse, battery \r\nnot this line\n')).toBe(
      'jane may log in to acme, in us-east-1. The first log in asks for a password of its own.\n',
    )
    expect((await logIn('jane', 'correct horse ')).status).toBe(401)
    expect((await logIn('jane', 'correct horse, battery ')).status).toBe(403)
    const change_password = 'jane’s own: battery staple'
    const reply = await logIn('jane', 'correct horse, battery ', { change_password })
    expect(reply.status).toBe(201)
    session = (await reply.json()) as typeof session
  })

  it('lists sites, users and sessions as tables, and as JSON for programs', async () => {
    expect(await obeyed('site list')).toMatch(/^SUBDOMAIN +REGION.*\nacme +us-east-1 +Acme /)
    expect(await obeyed('user list --site acme')).toMatch(
      /^USERNAME .*\njane +acme +us-east-1 +jane@example.com +yes +no +\d{4}-/,
    )
    expect(JSON.parse(await obeyed('user list --region us-east-1 --json'))).toHaveLength(3)
    expect(await obeyed('session list --user jane')).toContain(String(session.id))
    expect(JSON.parse(await obeyed('session list --site acme --json'))).toMatchObject([
      { id: session.id, username: 'jane', site: 'acme', region: 'us-east-1' },
    ])
    expect(JSON.parse(await obeyed('session list --site mysite --json'))).toEqual([])
  })

  it('ends a session at once', async () => {
    expect(await statusOf(session)).toBe(200)
    await obeyed(`session end ${session.id}`)
    expect(await statusOf(session)).toBe(401)
    expect(await obeyed('session list')).toBe('None.\n')
    expect(await refused(`session end ${session.id}`)).toMatch(
      /^There is no such session, or it has ended\. \(request [0-9a-f]{32}\)\n$/,
    )
  })

  it('sets a password, disables and enables', async () => {
    await obeyed('user create machine --site acme --shared', 'correct horse, battery ')
    await obeyed('user passwd machine', 'battery staple, horse')
    expect((await logIn('machine', 'correct horse, battery ')).status).toBe(401)
    const reply = await logIn('machine', 'battery staple, horse')
    const begun = (await reply.json()) as typeof session
    expect(await obeyed('user reset-2fa machine')).toContain('machine has no second factor')
    await obeyed('user disable machine')
    expect(await statusOf(begun)).toBe(401)
    expect((await logIn('machine', 'battery staple, horse')).status).toBe(401)
    expect(await obeyed('user show machine')).toMatch(/^disabled +yes$/m)
    await obeyed('user enable machine')
    expect((await logIn('machine', 'battery staple, horse')).status).toBe(201)
  })

  it('says what was wrong, and changes nothing', async () => {
    expect(await refused('user create jane --site acme', 'long enough for most')).toContain(
      'This username is already taken.',
    )
    expect(await refused('user passwd jane', 'short\n')).toContain('at least 15 characters')
    expect(await refused('user passwd jane')).toBe('No new password was given.\n')
    expect(await refused('user show nobody')).toContain('There is no such user.')
    expect(await refused('site create www')).toContain('This subdomain is reserved.')
    expect(await refused('site create new --region mars')).toContain('region')
    expect(await refused('user create jo', 'long enough for most')).toContain('--site')
    expect(await refused('user passwd jane --password secret')).not.toContain('secret')
    expect(await refused('user forget jane')).toContain('There is no command')
    expect((await logIn('machine', 'battery staple, horse')).status).toBe(201)
  })

  it('--remote takes the token from the environment, and no other service’s', async () => {
    const { OPERATOR_TOKEN = '' } = parseEnv(readFileSync(join(stateFolder, 'keys.env'), 'utf8'))
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
    expect(await admin(['site', 'list', ...at])).toMatchObject({
      code: 1,
      error: expect.stringContaining('--remote'),
    })
  })
})

describe('npm run admin, while nothing runs', () => {
  it('starts the service on the same state for the moment, and ends it again', async () => {
    await service.stop('SIGTERM')
    await obeyed('user create jim --site acme', 'long enough for most')
    expect(JSON.parse(await obeyed('user list --site acme --json'))).toHaveLength(3)
    expect(await refused('user show nobody')).toContain('There is no such user.')
  })
})
