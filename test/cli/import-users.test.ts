import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { admin } from '../journeys/support/admin-command.ts'

let folder: string
let server: Server
/** The service's replies to each attempt to create a user. @param nth from 1 */
let statusOf: (username: string, nth: number) => number
let asked: string[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-'))
  asked = []
  server = createServer(async (request, reply) => {
    const chunks = await request.toArray()
    if (request.method === 'GET') return reply.end('{"subdomain":"acme"}')
    const { username } = JSON.parse(Buffer.concat(chunks).toString())
    asked.push(username)
    const status = statusOf(username, asked.filter((name) => name === username).length)
    reply.writeHead(status).end(JSON.stringify({ error: 'Not now.', instance: 'f00' }))
  }).listen(0, 'localhost')
  await once(server, 'listening')
})
afterEach(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

function importing(usernames: string[]) {
  return importingFile(`username\n${usernames.join('\n')}\n`)
}

function importingFile(text: string) {
  const file = join(folder, 'users.csv')
  writeFileSync(file, text)
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const args = ['user', 'import', file, '--site', 'acme', '--remote', '--origin', origin]
  return admin(args, { env: { LATCHKEY_OPERATOR_TOKEN: 'A'.repeat(43) } })
}

describe('user import', () => {
  it('retries a row when the service fails for a moment', async () => {
    statusOf = (_, nth) => (nth === 1 ? 503 : 201)
    expect(await importing(['ada'])).toMatchObject({
      code: 0,
      out: '1 imported, 0 already there, 0 refused.\n',
    })
    expect(asked).toEqual(['ada', 'ada'])
  })

  it.each([
    ['headings in capitals', 'Username,EMAIL\nada,ada@example.com\n'],
    ['headings with surrounding spaces', ' UserName , Email_Verified\nada,Yes\n'],
    ['rows of commas only', 'username,email\n,\nada,\n , \n,\n'],
    [
      'Windows line endings and a byte order mark',
      '\ufeffUSERNAME,disabled\r\nada,OFF\r\n,,\r\n'.replace(',,', ','),
    ],
  ])('reads a file as spreadsheets write it: %s', async (_, text) => {
    statusOf = () => 201
    expect(await importingFile(text)).toMatchObject({
      code: 0,
      out: '1 imported, 0 already there, 0 refused.\n',
    })
    expect(asked).toEqual(['ada'])
  })

  it('stops at the first row that the service does not answer, and says how to resume', async () => {
    statusOf = (username) => (username === 'user0' ? 201 : 503)
    const usernames = Array.from({ length: 20 }, (_, i) => `user${i}`)
    expect(await importing(usernames)).toMatchObject({
      code: 1,
      out: '1 imported, 0 already there, 0 refused.\n',
      error: expect.stringMatching(/^Stopped at line 3: Not now.*Run the same command again/),
    })
    expect(new Set(asked).size).toBeLessThan(8)
  })

  it('stops at once when the token is refused', async () => {
    statusOf = () => 401
    const { code, error } = await importing(['ada', 'bob'])
    expect([code, error]).toEqual([
      1,
      expect.stringMatching(/^Stopped at line 2: .*OPERATOR_TOKEN/),
    ])
  })
})
