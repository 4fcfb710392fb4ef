import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API } from './support/latchkey.ts'
import { LocalOutboxTable } from './support/local-outbox-table.ts'
import { type PlainReply, plainRequest } from './support/plain-http.ts'
import { StartedService } from './support/started-service.ts'
import { freePort } from './support/started-workers.ts'

let origin: string
let port: number
let stateFolder: string
let service: StartedService
const started: StartedService[] = []

beforeAll(async () => {
  port = await freePort()
  origin = `http://localhost:${port}`
  stateFolder = mkdtempSync(join(tmpdir(), 'latchkey-'))
  await start()
})
afterAll(() => {
  for (const each of started) each.kill()
  rmSync(stateFolder, { recursive: true, force: true })
})

/** In this order: each goes on where the one before it ended. */
describe('What was replied before every process was killed', () => {
  let session: string

  it('is a session that still works, once the service is back', async () => {
    const { status, body } = await post('/sessions', {
      username: 'sessionuser',
      password: 'sessionuserpassword',
    })
    await service.crash()
    expect(status).toBe(201)
    session = JSON.parse(body).token
    await expect(statusOfSite(session)).rejects.toThrow(/ECONNREFUSED|ECONNRESET|socket hang up/)
    await start()
    expect(await statusOfSite(session)).toBe(200)
  })

  it('is a log out that stays one, and a reset whose mail arrives, once', async () => {
    const headers = { Authorization: `Bearer ${session}` }
    const [loggedOut, asked] = await Promise.all([
      plainRequest('DELETE', `${origin}${API}/sessions`, { headers }),
      askForReset(),
    ])
    await service.crash()
    expect([loggedOut.status, asked.status]).toEqual([204, 204])
    new LocalOutboxTable(stateFolder).makeDue()
    await start()
    expect(await statusOfSite(session)).toBe(401)
    await expect.poll(mailedTo).toEqual(['sessionuser@example.com'])
  })
})

describe('What was taken in before every process was killed', () => {
  it('is done by the next cron, though nobody had begun it', async () => {
    const before = (await mailedTo()).length
    const outbox = new LocalOutboxTable(stateFolder)
    await expect.poll(() => outbox.kinds()).toEqual([])
    outbox.hold()
    await askForReset()
    await service.crash()
    expect(outbox.kinds()).toEqual(['reset-request'])
    outbox.release()
    outbox.makeDue()
    await start()
    await expect.poll(async () => (await mailedTo()).length).toBeGreaterThan(before)
    expect(outbox.kinds()).toEqual([])
  })
})

async function start(): Promise<void> {
  service = new StartedService({ port, stateFolder })
  started.push(service)
  await service.ready()
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
