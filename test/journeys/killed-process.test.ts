import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { WorkerBundle } from '../../src/cli/bundle.ts'
import { makeKeys } from '../../src/cli/keys.ts'
import type { Entry, Prepared } from './support/bundled-worker.ts'
import { API, freePort, made } from './support/latchkey.ts'
import { LocalOutboxTable } from './support/local-outbox-table.ts'
import { type PlainReply, plainRequest } from './support/plain-http.ts'
import { ProcessGroup } from './support/process-group.ts'

const ENTRY: Entry = 'test/support/cheap-local-worker.ts'

let again: { keys: Record<string, string>; folder: string }
let port: number
let origin: string
let service: ProcessGroup
const started: ProcessGroup[] = []

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-'))
  again = { keys: await makeKeys(), folder }
  port = await freePort()
  origin = `http://localhost:${port}`
  await start()
})
afterEach(() => {
  for (const each of started.splice(0)) each.kill()
  rmSync(again.folder, { recursive: true, force: true })
})

describe('A reply sent before every process was killed', () => {
  it('holds for a session, which still works after the restart', async () => {
    const session = await logIn()
    await service.crash()
    await expect(statusOfSite(session)).rejects.toThrow(/ECONNREFUSED|ECONNRESET|socket hang up/)
    await start()
    expect(await statusOfSite(session)).toBe(200)
  })

  it('holds for a logout, and for a reset, whose mail arrives once', async () => {
    const session = await logIn()
    const headers = { Authorization: `Bearer ${session}` }
    const [loggedOut, asked] = await Promise.all([
      plainRequest('DELETE', `${origin}${API}/sessions`, { headers }),
      askForReset(),
    ])
    await service.crash()
    expect([loggedOut.status, asked.status]).toEqual([204, 204])
    new LocalOutboxTable(again.folder).makeDue()
    await start()
    expect(await statusOfSite(session)).toBe(401)
    await expect.poll(mailedTo).toEqual(['sessionuser@example.com'])
  })
})

describe('A task accepted before every process was killed', () => {
  it('is done by the next cron run, even if nobody had started it', async () => {
    const outbox = new LocalOutboxTable(again.folder)
    outbox.hold()
    await askForReset()
    await service.crash()
    expect(outbox.kinds()).toEqual(['reset-request'])
    outbox.release()
    outbox.makeDue()
    await start()
    await expect.poll(async () => (await mailedTo()).length).toBeGreaterThan(0)
    expect(outbox.kinds()).toEqual([])
  })
})

async function start(): Promise<void> {
  const [bundle, prepared] = await Promise.all([
    made<WorkerBundle>(ENTRY),
    made<Prepared>('prepared'),
  ])
  service = new ProcessGroup(process.execPath, [
    'test/journeys/support/serve.ts',
    JSON.stringify({ bundle, prepared, how: { again }, port }),
  ])
  started.push(service)
  await service.hasPrinted('It serves.')
  // The first request creates the demo data.
  await plainRequest('GET', `${origin}/health`)
}

async function logIn(): Promise<string> {
  const { status, body } = await post('/sessions', {
    username: 'sessionuser',
    password: 'sessionuserpassword',
  })
  expect(status).toBe(201)
  return JSON.parse(body).token
}

function askForReset(): Promise<PlainReply> {
  return post('/sessions/forgot', { username: 'sessionuser' })
}

function post(path: string, parameters: Record<string, string>): Promise<PlainReply> {
  return plainRequest('POST', `${origin}${API}${path}`, {
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(parameters),
  })
}

async function statusOfSite(token: string): Promise<number> {
  const headers = { Authorization: `Bearer ${token}` }
  return (await plainRequest('GET', `${origin}${API}/site`, { headers })).status
}

async function mailedTo(): Promise<string[]> {
  const { body } = await plainRequest('GET', `${origin}/outbox.json`)
  return JSON.parse(body).map(({ to }: { to: string }) => to)
}
