import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { admin } from './support/admin-command.ts'
import { API, freePort } from './support/latchkey.ts'
import { runToEnd } from './support/run-to-end.ts'
import { StartedService } from './support/started-service.ts'

const run = promisify(execFile)

let stateFolder: string
let service: StartedService
/** Started at the same moment, on a folder of its own. */
let another: StartedService
let anotherFolder: string
const started: StartedService[] = []
const folders: string[] = []

beforeAll(async () => {
  stateFolder = newFolder()
  anotherFolder = newFolder()
  const ports = [await freePort(), await freePort()] as const
  ;[service, another] = await Promise.all([
    start(ports[0], stateFolder),
    start(ports[1], anotherFolder),
  ])
})
afterAll(() => {
  for (const each of started) each.kill()
  for (const each of folders) rmSync(each, { recursive: true, force: true })
})

describe('npm start', () => {
  it('prints a tick for each step, then one block of addresses, and nothing else', async () => {
    const at = `http://localhost:${service.port}`
    expect(service.printed).toBe(`Keys … ✓
Databases … ✓
Server … ✓
Demo data … ✓

Latchkey is ready.

  Login          ${at}/login
  Account        ${at}/account
  Admin          ${at}/admin/users
  Outbox         ${at}/outbox
  API reference  ${at}/docs
  Demo users     sessionuser / sessionuserpassword
                 siteadmin / siteadminpassword (site admin)

Press Ctrl-C to stop it. Data and keys stay in ${stateFolder}.

`)
  })

  it('serves at the same time as another one that was started at the same moment', async () => {
    for (const { port } of [service, another]) expect(await statusOfSite(port, {})).toBe(401)
  })

  it('prints addresses that a logged-in site admin can open', async () => {
    const printed = [...service.printed.matchAll(/http:\S+/g)].flat()
    expect(printed).toHaveLength(5)
    const { id } = await logIn(service.port, 'siteadmin')
    for (const address of printed) {
      const { status } = await fetch(address, {
        redirect: 'manual',
        headers: { Cookie: `latchkey-local=${id}` },
      })
      expect([address, status]).toEqual([address, 200])
    }
  })

  it('serves the files that its pages load', async () => {
    const origin = `http://localhost:${service.port}`
    const page = await (await fetch(`${origin}/login`)).text()
    const loaded = [...page.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)]
    expect(loaded).toHaveLength(4)
    for (const [, path = ''] of loaded) {
      const { status, headers } = await fetch(origin + path)
      expect([path, status]).toEqual([path, 200])
      expect(headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable')
    }
  })

  it('reloads rotated keys while it runs, and keeps every session', async () => {
    const { token } = await logIn(service.port)
    const keys = join(stateFolder, 'keys.env')
    await run(process.execPath, ['src/cli/rotate-keys.ts', '--file', keys])
    await expect.poll(publishedKeys).toBe(2)
    expect(await statusOfSite(service.port, { Authorization: `Bearer ${token}` })).toBe(200)
  })

  it('refuses a second service on the same data folder, and leaves the first one running', async () => {
    for (const port of [service.port, await freePort()]) {
      const args = ['--port', String(port), '--persist-to', stateFolder]
      const ended = await runToEnd(process.execPath, ['src/cli/start.ts', ...args])
      expect(ended).toMatchObject({ code: 1, out: '', leftRunning: [] })
      const said = `Latchkey runs on ${stateFolder} already, at http://localhost:${service.port}. `
      expect(ended.error.startsWith(said), ended.error).toBe(true)
      expect(ended.error).toMatch(/^[^\n]+\n$/)
    }
    expect(await statusOfSite(service.port, {})).toBe(401)
  })

  it('is found by the admin commands through its data folder, on any port', async () => {
    const created = ['user', 'create', 'ana', '--site', 'mysite', '--shared']
    const ended = await admin([...created, '--persist-to', stateFolder], {
      input: 'a quiet lamp by the door\n',
    })
    expect(ended).toMatchObject({ code: 0, error: '', leftRunning: [] })
    await logIn(service.port, 'ana', 'a quiet lamp by the door')
  })

  it('reports invalid keys in a sentence, and leaves no process behind', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'keys.env'), "SIGNING_KEYS='rubbish'\n")
    const args = ['--port', String(await freePort()), '--persist-to', folder]
    const ended = await runToEnd(process.execPath, ['src/cli/start.ts', ...args])
    expect(ended).toMatchObject({ code: 1, leftRunning: [] })
    expect(ended.out).toBe('Keys … ✓\nDatabases … ✓\nServer … ✓\nDemo data … ✗\n')
    expect(ended.error).toMatch(/^The demo data cannot be created\. .*SIGNING_KEYS.*\n$/)
  })

  it.each(['Databases', 'Server'])(
    'leaves no process behind when it is stopped at: %s',
    async (step) => {
      const one = new StartedService({ port: await freePort(), stateFolder: newFolder() })
      started.push(one)
      await one.hasPrinted(step)
      await one.stop('SIGTERM')
      expect(one.stillRunning()).toEqual([])
      expect(one.printed).not.toContain('ready')
    },
  )

  it('leaves no process behind after SIGTERM or Ctrl-C, and keeps its data and keys', async () => {
    const { port } = another
    const { id, token } = await logIn(port)
    expect(another.stillRunning().join()).toContain('workerd')
    await another.stop('SIGTERM')
    expect(another.stillRunning()).toEqual([])
    await expect(statusOfSite(port, { 'X-FilesAPI-Auth': id })).rejects.toThrow('fetch failed')

    const second = await start(port, anotherFolder)
    expect(await statusOfSite(port, { 'X-FilesAPI-Auth': id })).toBe(200)
    expect(await statusOfSite(port, { Authorization: `Bearer ${token}` })).toBe(200)
    await second.stop('SIGINT', 'group')
    expect(second.stillRunning()).toEqual([])
    await expect(statusOfSite(port, {})).rejects.toThrow('fetch failed')
  })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-'))
  folders.push(folder)
  return folder
}

async function start(port: number, folder: string): Promise<StartedService> {
  const one = new StartedService({ port, stateFolder: folder })
  started.push(one)
  await one.ready()
  return one
}

async function logIn(
  port: number,
  username = 'sessionuser',
  password = `${username}password`,
): Promise<{ id: string; token: string }> {
  const reply = await fetch(`http://localhost:${port}${API}/sessions`, {
    method: 'POST',
    headers: { 'User-Agent': 'Files.com Ruby SDK v1.0.0' },
    body: new URLSearchParams({ username, password }),
  })
  expect(reply.status).toBe(201)
  return reply.json() as never
}

async function publishedKeys(): Promise<number> {
  const reply = await fetch(`http://localhost:${service.port}/.well-known/jwks.json`)
  return ((await reply.json()) as { keys: unknown[] }).keys.length
}

async function statusOfSite(port: number, headers: Record<string, string>): Promise<number> {
  return (await fetch(`http://localhost:${port}${API}/site`, { headers })).status
}
