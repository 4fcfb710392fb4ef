import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API, freePort } from './support/latchkey.ts'
import './support/localhost-names.ts'
import { StartedService } from './support/started-service.ts'

const run = promisify(execFile)
const CLI = { 'User-Agent': 'Files.com CLI 2.1.3' }

let port: number
let stateFolder: string
let service: StartedService

beforeAll(async () => {
  port = await freePort()
  stateFolder = mkdtempSync(join(tmpdir(), 'latchkey-regions-'))
  service = new StartedService({ port, stateFolder, flags: ['--regions'] })
  await service.ready()
})
afterAll(async () => {
  await service.stop('SIGTERM')
  service.kill()
  rmSync(stateFolder, { recursive: true, force: true })
})

async function logIn(host: string, username: string, password = `${username}password`) {
  const reply = await fetch(`http://${host}${API}/sessions`, {
    method: 'POST',
    headers: CLI,
    body: new URLSearchParams({ username, password }),
  })
  return { status: reply.status, headers: reply.headers, body: await reply.json() } as {
    status: number
    headers: Headers
    body: { id: string; type: string; data: { host: string } }
  }
}

async function statusAt(host: string, session: string): Promise<number> {
  const headers = { ...CLI, 'X-FilesAPI-Auth': session }
  return (await fetch(`http://${host}${API}/site`, { headers })).status
}

describe('npm run start:regions', () => {
  it('serves three regions from one machine, each at its host', async () => {
    const reply = await fetch(`http://localhost:${port}${API}/regions`)
    const regions = (await reply.json()) as { name: string; host: string }[]
    expect(regions.map(({ host }) => host)).toEqual([
      `us-east-1.localhost:${port}`,
      `eu-central-1.localhost:${port}`,
      `ap-southeast-2.localhost:${port}`,
    ])
    for (const { host } of regions) {
      const { status, body } = await logIn(host, 'sessionuser')
      expect(status).toBe(201)
      for (const other of regions) expect(await statusAt(other.host, body.id)).toBe(200)
    }
  })

  it('works with the official CLI’s flow: refused in the wrong region, then sent to the named host', async () => {
    const refused = await logIn(`us-east-1.localhost:${port}`, 'europeuser')
    expect([refused.status, refused.body.type]).toEqual([
      401,
      'not-authenticated/lockout-region-mismatch',
    ])
    const { host } = refused.body.data
    expect(refused.headers.get('X-Files-Host')).toBe(host)
    const { status, body } = await logIn(host, 'europeuser')
    expect([host, status]).toEqual([`eu-central-1.localhost:${port}`, 201])
    expect([await statusAt(host, body.id), await statusAt(refusedHost(), body.id)]).toEqual([
      200, 401,
    ])
  })

  it('lets a user log in on the global host a second after they were created in a region', async () => {
    await admin(
      'a quiet lamp by the door\n',
      'user',
      'create',
      'ana',
      '--site',
      'pacific',
      '--shared',
    )
    const { status } = await logIn(`localhost:${port}`, 'ana', 'a quiet lamp by the door')
    expect(status).toBe(201)
    const listed = await admin('', 'user', 'list', '--region', 'ap-southeast-2', '--json')
    const names = JSON.parse(listed).map(({ username }: { username: string }) => username)
    expect(names.sort()).toEqual(['ana', 'pacificuser'])
    expect(JSON.parse(await admin('', 'user', 'list', '--json'))).toHaveLength(5)
    expect(await admin('', 'directory', 'rebuild')).toBe('8 names checked, 0 restored.\n')
  })
})

function refusedHost(): string {
  return `us-east-1.localhost:${port}`
}

async function admin(input: string, ...words: string[]): Promise<string> {
  const where = ['--persist-to', stateFolder]
  const running = run(process.execPath, ['src/cli/admin.ts', ...words, ...where])
  running.child.stdin?.end(input)
  return (await running).stdout
}
