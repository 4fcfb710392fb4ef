import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API } from './support/latchkey.ts'
import { StartedService } from './support/started-service.ts'
import { freePort } from './support/started-workers.ts'

const run = promisify(execFile)

let port: number
let stateFolder: string
let service: StartedService
const started: StartedService[] = []

beforeAll(async () => {
  port = await freePort()
  stateFolder = mkdtempSync(join(tmpdir(), 'latchkey-'))
  await start()
})
afterAll(() => {
  for (const each of started) each.kill()
  rmSync(stateFolder, { recursive: true, force: true })
})

/** In this order: each goes on where the one before it ended. */
describe('The start script', () => {
  let sessionString: string
  let token: string

  it('prints three commands that log in, use the session, and log out, exactly as printed', async () => {
    const [logIn = '', use = '', logOut = '', ...more] = service.commands()
    expect(more).toEqual([])
    const [printedToken, site, firstLogOut, secondLogOut] = await inOneShell([
      logIn,
      use,
      logOut,
      logOut,
    ])
    expect(printedToken).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/)
    expect(JSON.parse(site ?? '')).toMatchObject({
      subdomain: 'mysite',
      session: { read_only: false },
      user: { username: 'sessionuser' },
    })
    expect([firstLogOut, secondLogOut]).toEqual(['204\n', '401\n'])
  })

  it('runs nothing any more after SIGTERM', async () => {
    const session = await logIn()
    sessionString = session.id
    token = session.token
    expect(service.stillRunning().join()).toContain('workerd')
    await service.stop('SIGTERM')
    expect(service.stillRunning()).toEqual([])
    await expect(statusOfSite({ 'X-FilesAPI-Auth': sessionString })).rejects.toThrow('fetch failed')
  })

  it('keeps its data and keys: a session from before a restart still works', async () => {
    await start()
    expect(await statusOfSite({ 'X-FilesAPI-Auth': sessionString })).toBe(200)
    expect(await statusOfSite({ Authorization: `Bearer ${token}` })).toBe(200)
  })

  it('takes up rotated keys while it runs, and keeps every session', async () => {
    const keys = join(stateFolder, 'keys.env')
    await run(process.execPath, ['src/operator/rotate-keys.ts', '--file', keys])
    await expect.poll(publishedKeys).toBe(2)
    expect(await statusOfSite({ Authorization: `Bearer ${token}` })).toBe(200)
  })

  it('runs nothing any more after Ctrl-C', async () => {
    await service.stop('SIGINT', 'group')
    expect(service.stillRunning()).toEqual([])
    await expect(statusOfSite({})).rejects.toThrow('fetch failed')
  })
})

async function start(): Promise<void> {
  service = new StartedService({ port, stateFolder })
  started.push(service)
  await service.ready()
}

/** Runs commands one after the other in one shell, as somebody who pastes them; answers what each printed. */
async function inOneShell(commands: string[]): Promise<string[]> {
  const { stdout } = await run('sh', ['-c', commands.join(`\nprintf '\\036'\n`)])
  return stdout.split('\x1e')
}

async function logIn(): Promise<{ id: string; token: string }> {
  const reply = await fetch(`http://localhost:${port}${API}/sessions`, {
    method: 'POST',
    headers: { 'User-Agent': 'Files.com Ruby SDK v1.0.0' },
    body: new URLSearchParams({ username: 'sessionuser', password: 'sessionuserpassword' }),
  })
  expect(reply.status).toBe(201)
  return reply.json() as never
}

async function publishedKeys(): Promise<number> {
  const reply = await fetch(`http://localhost:${port}/.well-known/jwks.json`)
  return ((await reply.json()) as { keys: unknown[] }).keys.length
}

async function statusOfSite(headers: Record<string, string>): Promise<number> {
  return (await fetch(`http://localhost:${port}${API}/site`, { headers })).status
}
