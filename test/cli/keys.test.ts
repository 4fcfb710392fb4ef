import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeKeys } from '../../src/cli/keys.ts'
import { ROTATION_LEAD_MS, type SigningJwk } from '../../src/crypto/signing-keys.ts'
import { DAY, MINUTE } from '../../src/storage/clock.ts'
import { FakeCloudflare } from './support/fake-cloudflare.ts'
import { runCommand } from './support/run-command.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-keys-'))
  file = join(folder, 'production.keys.env')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('npm run keys:make', () => {
  it('creates every secret of the Worker, readable by the file’s owner only', async () => {
    const { status, printed } = await runCommand('make-keys', ['--file', file])
    expect(status).toBe(0)
    expect(Object.keys(secrets()).sort()).toEqual(Object.keys(await makeKeys()).sort())
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expectNoSecretIn(printed)
  })

  it('creates different ones each time', async () => {
    const [one, two] = [await makeKeys(), await makeKeys()]
    for (const name of Object.keys(one)) expect(one[name]).not.toBe(two[name])
  })

  it('never overwrites a file', async () => {
    writeFileSync(file, 'precious')
    const { status, printed } = await runCommand('make-keys', ['--file', file])
    expect([status, readFileSync(file, 'utf8')]).toEqual([1, 'precious'])
    expect(printed).toContain('was not changed')
  })

  it('adds the missing secrets to a file on request', async () => {
    writeFileSync(file, "DIRECTORY_KEY='kept'\n")
    expect((await runCommand('make-keys', ['--file', file, '--missing'])).status).toBe(0)
    expect(Object.keys(secrets()).sort()).toEqual(Object.keys(await makeKeys()).sort())
    expect(secrets().DIRECTORY_KEY).toBe('kept')
  })
})

describe('npm run keys:rotate', () => {
  beforeEach(() => runCommand('make-keys', ['--file', file]))

  it('adds a key that signs once every Worker and verifier has it, and changes nothing else', async () => {
    const before = secrets()
    const rotatedAt = Date.now()
    const { status, printed } = await rotate()
    const { SIGNING_KEYS: _, ...others } = secrets()
    expect(status).toBe(0)
    expect(before).toMatchObject(others)
    const [old, next, ...more] = signingKeys()
    expect([old, more]).toEqual([JSON.parse(before.SIGNING_KEYS ?? '')[0], []])
    const lead = Date.parse(next?.signs_from ?? '') - rotatedAt
    expect(lead).toBeGreaterThanOrEqual(ROTATION_LEAD_MS)
    expect(lead).toBeLessThan(ROTATION_LEAD_MS + MINUTE)
    expect(ROTATION_LEAD_MS).toBe(10 * MINUTE)
    expectNoSecretIn(printed)
  })

  it('removes expired keys', async () => {
    await rotate()
    await rotate()
    const [ended, old, next] = signingKeys().map((key) => key.kid)
    setStarts([-90 * DAY, -31 * DAY, -29 * DAY])
    await rotate()
    expect(signingKeys().map(({ kid }) => kid)).toEqual([old, next, expect.any(String)])
    expect(signingKeys().map(({ kid }) => kid)).not.toContain(ended)
  })

  it('keeps the rest of the file, and its mode', async () => {
    writeFileSync(file, `# ours\n${readFileSync(file, 'utf8')}MORE="a 'b' $c"\n`)
    chmodSync(file, 0o644)
    await rotate()
    const lines = readFileSync(file, 'utf8').split('\n')
    expect([lines.at(0), lines.at(-2)]).toEqual(['# ours', `MORE="a 'b' $c"`])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['production.keys.env'])
  })

  it.each([
    ['--pepper', 'PASSWORD_PEPPERS'],
    ['--sealing', 'SEALING_KEYS'],
    ['--stored', 'STORED_SECRET_KEYS'],
  ])('adds with %s a version that is used once every Worker has it', async (flag, name) => {
    const before = secrets()
    await rotate(flag)
    const { 1: old, 2: added, ...more } = JSON.parse(secrets()[name] ?? '')
    expect([{ 1: old }, more]).toEqual([JSON.parse(before[name] ?? ''), {}])
    expect(added.key).toMatch(/^[\w-]{43}$/)
    expect(Date.parse(added.used_from)).toBeGreaterThan(Date.now() + ROTATION_LEAD_MS - MINUTE)
    expect({ ...secrets(), [name]: before[name] }).toEqual(before)

    await rotate(flag, '--again')
    const { 2: postponed } = JSON.parse(secrets()[name] ?? '')
    expect(postponed.key).toBe(added.key)
    expect(Date.parse(postponed.used_from)).toBeGreaterThan(Date.parse(added.used_from))
  })

  it('replaces the operator’s token with --operator, and nothing else', async () => {
    const before = secrets()
    const { printed } = await rotate('--operator')
    const { OPERATOR_TOKEN, ...others } = secrets()
    expect(OPERATOR_TOKEN).toMatch(/^[\w-]{43}$/)
    expect(OPERATOR_TOKEN).not.toBe(before.OPERATOR_TOKEN)
    expect(before).toMatchObject(others)
    expectNoSecretIn(printed)
  })

  it('disables a leaked key at once', async () => {
    const [leaked] = signingKeys()
    await rotate('--leaked')
    const [key, ...more] = signingKeys()
    expect(more).toEqual([])
    expect(key?.kid).not.toBe(leaked?.kid)
    expect(Date.parse(key?.signs_from ?? '')).toBeLessThanOrEqual(Date.now())
  })

  it('refuses more keys than a secret can hold', async () => {
    const key = signingKeys()[0] as SigningJwk
    const many = Array.from({ length: 20 }, (_, i) => ({ ...key, kid: `${key.kid}-${i}` }))
    const full = `SIGNING_KEYS='${JSON.stringify(many)}'\n`
    writeFileSync(file, full)
    const { status, printed } = await rotate()
    expect(status).toBe(1)
    expect(printed).toContain('5 KB')
    expect(readFileSync(file, 'utf8')).toBe(full)
  })

  it('changes nothing in a file that it cannot parse', async () => {
    for (const wrong of [
      '',
      "SIGNING_KEYS='{'\n",
      "SIGNING_KEYS='[]'\n",
      "SIGNING_KEYS='[{}]'\n",
    ]) {
      writeFileSync(file, wrong)
      const { status, printed } = await rotate()
      expect(status).toBe(1)
      expect(printed).toContain('Nothing was changed')
      expect(readFileSync(file, 'utf8')).toBe(wrong)
    }
  })

  it('says what to do when there is no file', async () => {
    rmSync(file)
    expect(await rotate()).toMatchObject({
      status: 1,
      printed: expect.stringContaining('keys:make'),
    })
  })
})

describe('npm run keys:rotate -- --remote', () => {
  let cloudflare: FakeCloudflare
  beforeEach(async () => {
    await runCommand('make-keys', ['--file', file])
    cloudflare = await FakeCloudflare.start()
  })
  afterEach(() => cloudflare.stop())

  it('sends Cloudflare every secret of the file, and prints none', async () => {
    const { status, printed } = await rotate('--remote')
    expect(status, printed).toBe(0)
    expect(cloudflare.secrets).toEqual(secrets())
    expect(signingKeys()).toHaveLength(2)
    expectNoSecretIn(printed)
  })

  it('keeps the new key in the file when Cloudflare fails, and a retry gives it a new start time', async () => {
    cloudflare.failing = /secrets-bulk$/
    const { status, printed } = await rotate('--remote')
    expect(status).toBe(1)
    expect(printed).toContain('--again')
    const [old, next] = signingKeys()
    setStarts([-DAY, -MINUTE])
    cloudflare.failing = null
    expect((await rotate('--remote', '--again')).status).toBe(0)
    expect(signingKeys().map(({ kid }) => kid)).toEqual([old?.kid, next?.kid])
    expect(Date.parse(signingKeys()[1]?.signs_from ?? '')).toBeGreaterThan(Date.now() + 9 * MINUTE)
    expect(cloudflare.secrets).toEqual(secrets())
  })

  it('never uses the secrets of the local service', async () => {
    const { status, printed } = await runCommand('rotate-keys', ['--remote'])
    expect([status, printed]).toEqual([1, expect.stringContaining('production secrets')])
  })

  function rotate(...flags: string[]) {
    return runCommand('rotate-keys', ['--file', file, ...flags], cloudflare)
  }
})

function rotate(...flags: string[]) {
  return runCommand('rotate-keys', ['--file', file, ...flags])
}

function secrets(): Record<string, string> {
  return parseEnv(readFileSync(file, 'utf8')) as Record<string, string>
}

function signingKeys(): SigningJwk[] {
  return JSON.parse(secrets().SIGNING_KEYS ?? '')
}

/** Moves each key's start to a time relative to now. */
function setStarts(starts: number[]): void {
  const moved = signingKeys().map((key, index) => ({
    ...key,
    signs_from: new Date(Date.now() + (starts[index] ?? 0)).toISOString(),
  }))
  const others = readFileSync(file, 'utf8').replace(/^SIGNING_KEYS=.*\n/m, '')
  writeFileSync(file, `SIGNING_KEYS='${JSON.stringify(moved)}'\n${others}`)
}

/** Every value of the file, and every member of JSON values, except public ones. */
function expectNoSecretIn(printed: string): void {
  const values = Object.values(secrets()).flatMap((value) => value.match(/[\w-]{40,}/g) ?? [])
  expect(values.length).toBeGreaterThan(5)
  for (const value of values) expect(printed).not.toContain(value)
}
