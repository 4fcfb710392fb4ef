import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { asEnvFile } from '../../src/cli/keys.ts'
import { hashesOfOtherSystems, importedPassword } from '../support/imported-hashes.ts'
import { admin } from './support/admin-command.ts'
import { API, type Latchkey, startLatchkey } from './support/latchkey.ts'
import { unlike } from './support/own-site.ts'

let latchkey: Latchkey
/** The folder of the files, with the secrets of a local service. */
let folder: string
let site: string

beforeAll(async () => {
  latchkey = await startLatchkey()
  folder = mkdtempSync(join(tmpdir(), 'latchkey-'))
  writeFileSync(at('keys.env'), asEnvFile(latchkey.keys))
})
afterAll(async () => {
  await latchkey?.stop()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  site = unlike('acme')
  rmSync(at('refused.csv'), { force: true })
  expect(await run('site', 'create', site)).toMatchObject({ code: 0 })
})

const run = (...args: string[]) =>
  admin([...args, '--origin', latchkey.origin, '--persist-to', folder])
const at = (name: string) => join(folder, name)
function importing(text: string | Buffer, ...options: string[]) {
  writeFileSync(at('users.csv'), text)
  return run('user', 'import', at('users.csv'), '--site', site, ...options)
}

async function logIn(username: string, password = importedPassword): Promise<number> {
  const body = new URLSearchParams({ username, password })
  return (await fetch(`${latchkey.origin}${API}/sessions`, { method: 'POST', body })).status
}

const [, bcrypt = ''] = hashesOfOtherSystems[0] ?? []
const tooCostly = '$2b$13$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'

/** A row for each format, or for the first ones. */
function rowsFor(name: string, count = hashesOfOtherSystems.length): string {
  const rows = hashesOfOtherSystems.map(([, hash], i) => `${name}${i},"${hash}"`)
  return ['username,password_hash', ...rows.slice(0, count)].join('\n')
}

describe('npm run admin -- user import', () => {
  it('creates users with hashes of every format, who log in with their old passwords', async () => {
    const n = hashesOfOtherSystems.length
    expect(await importing(rowsFor('user'))).toEqual({
      code: 0,
      error: '',
      leftRunning: [],
      out: `${n} imported, 0 already there, 0 refused.\n`,
    })
    for (let i = 0; i < n; i++) expect(await logIn(`user${i}`)).toBe(201)
    expect(await logIn('user0')).toBe(201)
    expect(await logIn('user0', 'wrong')).toBe(401)
  })

  it('leaves existing users as they are when a file is imported again', async () => {
    await importing(rowsFor('again', 3))
    const { code, out, error } = await importing(rowsFor('again', 3))
    expect([code, error]).toEqual([0, ''])
    expect(out).toContain('line 2, again0: already there. again0 was not changed.\n')
    expect(out).toContain('\n0 imported, 3 already there, 0 refused.\n')
    expect(await logIn('again0')).toBe(201)
  })

  it('reports refused rows by line and reason, imports the others, and writes the refused to a file', async () => {
    const rows = [
      '\ufeffusername,email,email_verified,password_hash,site_admin,language,disabled',
      `ada,ada@example.com,yes,${bcrypt},true,de,`,
      `bob,,,${tooCostly},,,`,
      '',
      'sessionuser,,,{MD5}d41d8cd98f00b204e9800998ecf8427e,,,',
      `"o""hara, jo",,,${bcrypt},,,`,
      `cat,,,${bcrypt},perhaps,,`,
      `dan,,,${bcrypt}`,
      `eve,nobody,,${bcrypt},,,`,
      `,,,${bcrypt},,,`,
      `ada,,,${bcrypt},,,`,
      `fay,,,${bcrypt},,,1`,
    ].join('\r\n')
    const { code, out } = await importing(rows, '--report', at('refused.csv'))
    expect(code).toBe(1)
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^line 3, bob: refused\. .*bcrypt cost 12/),
      expect.stringMatching(/^line 5, sessionuser: refused\. .*already taken/),
      'line 7, cat: refused. "perhaps" is neither true nor false.',
      'line 8, dan: refused. The row has 4 values, the first line 7 columns.',
      expect.stringMatching(/^line 9, eve: refused\. .*email/),
      expect.stringMatching(/^line 10, nobody: refused\. .*username/),
      'line 11, ada: already there. ada was not changed.',
      '3 imported, 1 already there, 6 refused.',
      '',
    ])
    expect(await Promise.all(['ada', 'o"hara, jo', 'fay'].map((name) => logIn(name)))).toEqual([
      201, 201, 401,
    ])
    expect(JSON.parse((await run('user', 'show', 'ada', '--json')).out)).toMatchObject({
      email: 'ada@example.com',
      site,
      site_admin: true,
      language: 'de',
    })

    expect(statSync(at('refused.csv')).mode & 0o777).toBe(0o600)
    const mended = readFileSync(at('refused.csv'), 'utf8')
      .replace(tooCostly, bcrypt)
      .replace('perhaps', 'no')
    expect(mended.split('\n')).toHaveLength(8)
    const again = await importing(mended, '--json')
    expect(JSON.parse(again.out)).toMatchObject({
      imported: 3,
      already_there: 0,
      refused: 3,
      rows: [
        { line: 3, username: 'sessionuser', outcome: 'refused' },
        { line: 6, username: 'eve', outcome: 'refused' },
        { line: 7, username: '', outcome: 'refused' },
      ],
    })
    expect(await logIn('bob')).toBe(201)
  })

  it('refuses an invalid file as a whole before it creates any user', async () => {
    const whole = async (text: string, ...options: string[]) => {
      const { code, out, error } = await importing(text, ...options)
      expect([code, out]).toEqual([1, ''])
      return error
    }
    expect(await whole(`username,password\ngus,secret`)).toMatch(/only their hashes.*Nothing was/)
    expect(await whole(`username,pin,x\ngus,1,2`)).toMatch(/"pin", "x"/)
    expect(await whole(`username;password_hash\ngus;1`)).toContain('with commas')
    expect(await whole(`password_hash\n${bcrypt}`)).toContain('no column username')
    expect(await whole('username,username\na,b')).toContain('twice')
    expect(await whole('')).toContain('no column username')
    expect(await whole(rowsFor('whole'), '--report', at('users.csv'))).toContain('already')
    const missing = await run('user', 'import', at('none.csv'), '--site', site)
    expect([missing.code, missing.error]).toEqual([1, expect.stringContaining('none.csv')])
    const elsewhere = await run('user', 'import', at('users.csv'), '--site', 'nobody')
    expect([elsewhere.code, elsewhere.error]).toEqual([1, expect.stringContaining('no such site')])
    expect((await run('user', 'show', 'gus')).code).toBe(1)
  })

  it('says when a file is not CSV or not UTF-8', async () => {
    const broken = await importing(`username,password_hash\nhal,${bcrypt}\n"ivy,${bcrypt}\n`)
    expect(broken).toMatchObject({
      code: 1,
      out: '1 imported, 0 already there, 0 refused.\n',
      error: expect.stringContaining('from there on were not read'),
    })
    const latin1 = await importing(
      Buffer.from(`username,password_hash\nj\xf6,${bcrypt}\n`, 'latin1'),
    )
    expect(latin1).toMatchObject({ code: 1, out: expect.stringContaining('not UTF-8') })
  })

  it('prints JSON for programs even when every row was imported', async () => {
    const { code, out } = await importing(`username,password_hash\nkim,${bcrypt}`, '--json')
    expect([code, JSON.parse(out)]).toEqual([
      0,
      { rows: [], imported: 1, already_there: 0, refused: 0 },
    ])
  })
})
