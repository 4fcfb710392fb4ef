import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API, freePort } from './support/latchkey.ts'
import { StartedService } from './support/started-service.ts'

const run = promisify(execFile)

let stateFolder: string
let service: StartedService
const started: StartedService[] = []
const folders: string[] = []

beforeAll(async () => {
  stateFolder = newFolder()
  service = await start(await freePort(), stateFolder)
})
afterAll(() => {
  for (const each of started) each.kill()
  for (const each of folders) rmSync(each, { recursive: true, force: true })
})

describe('npm start', () => {
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

  it('leaves no process behind after SIGTERM or Ctrl-C, and keeps its data and keys', async () => {
    const [port, folder] = [await freePort(), newFolder()]
    const first = await start(port, folder)
    const { id, token } = await logIn(port)
    expect(first.stillRunning().join()).toContain('workerd')
    await first.stop('SIGTERM')
    expect(first.stillRunning()).toEqual([])
    await expect(statusOfSite(port, { 'X-FilesAPI-Auth': id })).rejects.toThrow('fetch failed')

    const second = await start(port, folder)
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

/** Runs commands one after another in one shell, as if pasted; returns what each printed. */
async function inOneShell(commands: string[]): Promise<string[]> {
  const { stdout } = await run('sh', ['-c', commands.join(`\nprintf '\\036'\n`)])
  return stdout.split('\x1e')
}

async function logIn(port: number): Promise<{ id: string; token: string }> {
  const reply = await fetch(`http://localhost:${port}${API}/sessions`, {
    method: 'POST',
    headers: { 'User-Agent': 'Files.com Ruby SDK v1.0.0' },
    body: new URLSearchParams({ username: 'sessionuser', password: 'sessionuserpassword' }),
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
