import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../journeys/support/latchkey.ts'
import { runToEnd } from '../journeys/support/run-to-end.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-faults-'))
  writeFileSync(join(folder, 'file'), '')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a command to its fault: one sentence, exit code 1, and nothing left running. */
async function faultOf(script: string, args: string[], env: Record<string, string> = {}) {
  const { code, out, error, leftRunning } = await runToEnd(
    process.execPath,
    [`src/cli/${script}.ts`, ...args],
    { env },
  )
  expect({ code, out, leftRunning }).toEqual({ code: 1, out: '', leftRunning: [] })
  expect(error).toMatch(/^[^\n]+\n$/)
  return error.trim()
}

const startFault = (args: string[], env = {}) => faultOf('start', args, env)

describe('npm start with wrong options', () => {
  it.each([
    [['--prot', '9000'], 'npm start has no option --prot; it has --port,'],
    [['--regions', '-p', '9000'], 'npm run start:regions has no option -p; it has --port,'],
    [['--port', 'abc'], 'not "abc": npm start -- --port 9000'],
    [['--port=0'], 'not "0": npm start -- --port 9000'],
    [['--port', '65536'], 'a number from 1 to 65535'],
    [['--port'], '--port needs a value: npm start -- --port 9000'],
    [['--port', '--regions'], '--port needs a value'],
    [['--persist-to='], '--persist-to needs a value: npm start -- --persist-to ~/latchkey-data'],
    [['--verbose=yes'], '--verbose takes no value.'],
    [['9000'], 'Options come after --: npm start -- --port 9000'],
  ])('says what to type: %j', async (args, said) => {
    expect(await startFault(args)).toContain(said)
  })

  it.each([
    ['npm 11', ['9000'], { npm_config_port: 'true' }],
    ['npm 10', [], { npm_config_port: '9000' }],
  ])('says what to type when %s took the options', async (_, args, env) => {
    expect(await startFault(args, env)).toBe(
      'npm takes options before -- for itself. Type: npm start -- --port 9000',
    )
  })

  it('says what to type after npm start --port 9000', async () => {
    const { code, error, leftRunning } = await runToEnd('npm', [
      ...['start', '--ignore-scripts', '--port', '9000'],
    ])
    expect([code, leftRunning]).toEqual([1, []])
    expect(error).toMatch(/ Type: npm start -- --port 9000\n$/)
  })

  it.each(['file', 'file/below', '/proc/self/below'])(
    'asks for a folder that it can write to: %s',
    async (path) => {
      const unusable = resolve(folder, path)
      const said = await startFault(['--persist-to', unusable])
      expect(said).toContain(`Latchkey cannot keep its data in ${unusable} (`)
      expect(said).toContain('Name a folder that you can write to: --persist-to')
    },
  )
})

describe('npm start on a port in use', () => {
  let server: Server
  afterEach(() => server.close())

  it.each(['127.0.0.1', '::1'])(
    'says that it is in use, and suggests a free one: %s',
    async (host) => {
      const port = await freePort()
      // It answers whatever is asked, as another Latchkey would.
      server = createServer((_, reply) => reply.end('{"status":"ok","regions":{},"id":"other"}'))
      await new Promise<void>((listening) => server.listen(port, host, listening))
      const said = await startFault(['--port', String(port), '--persist-to', join(folder, 'data')])
      const [, offered] = / -- --port (\d+)$/.exec(said) ?? []
      expect(said).toContain(`Port ${port} is in use by another program.`)
      expect(Number(offered)).toBeGreaterThan(port)
    },
  )
})

describe('Every other command', () => {
  it.each([
    ['make-keys', ['--flie', 'x'], 'npm run keys:make has no option --flie; it has --file and'],
    ['make-keys', ['--file'], '--file needs a value: npm run keys:make -- --file'],
    ['rotate-keys', ['--lekaed'], 'npm run keys:rotate has no option --lekaed'],
    ['deploy', ['--dryrun'], 'npm run deploy has no option --dryrun; it has --dry-run and'],
    ['make-keys', ['production'], 'npm run keys:make cannot use "production".'],
  ])('says what to type: %s %j', async (script, args, said) => {
    expect(await faultOf(script, args)).toContain(said)
  })

  it.each([
    ['admin', ['site', 'list', '--orgin', 'x'], 'npm run admin -- site list has no option --orgin'],
    ['admin', ['site', 'show', 'a', '--origin'], '--origin needs a value'],
  ])('says what to type, and its usage: %s %j', async (script, args, said) => {
    const { code, out, error } = await runToEnd(process.execPath, [`src/cli/${script}.ts`, ...args])
    expect([code, out]).toEqual([1, ''])
    expect(error).toContain(said)
    expect(error).not.toMatch(/^ +at /m)
  })

  it.each([
    [['user', 'disable', 'jane'], { npm_config_remote: 'true' }, 'user disable jane --remote'],
    [['user', 'list', 'acme'], { npm_config_site: 'true' }, 'user list --site acme'],
    [['site', 'create', 'acme'], { npm_config_region: 'eu' }, 'site create acme --region eu'],
    [['session', 'list', 'jane'], { npm_config_user: 'true' }, 'session list --user jane'],
    [['session', 'list'], { npm_config_user: 'jane' }, 'session list --user jane'],
    [
      ['session', 'list', 'jane'],
      { npm_config_user: 'true', npm_config_json: 'true' },
      'session list --json --user jane',
    ],
  ])('does nothing with the options that npm took: %j', async (args, env, meant) => {
    const ended = await runToEnd(process.execPath, ['src/cli/admin.ts', ...args], { env })
    expect([ended.code, ended.out]).toEqual([1, ''])
    expect(ended.error).toContain(`Type: npm run admin -- ${meant}\n`)
  })

  it.each([[['user', 'forget', 'jane']], [['usr']], [['user']]])(
    'says in one line how to see the commands: %j',
    async (args) => {
      expect(await faultOf('admin', args)).toBe(
        `There is no command "${args.slice(0, 2).join(' ')}". To see all: npm run admin -- help`,
      )
    },
  )

  it('reports system errors in a sentence', async () => {
    const nowhere = join(folder, 'file', 'keys.env')
    expect(await faultOf('make-keys', ['--file', nowhere])).toContain(
      'This machine refused: ENOTDIR',
    )
  })
})

describe('npm start while npm is offline', () => {
  it('says that npm cannot reach its registry, and starts nothing', async () => {
    const clone = join(folder, 'clone')
    mkdirSync(join(clone, 'src/cli'), { recursive: true })
    for (const file of ['package.json', 'package-lock.json', 'src/cli/install.mjs'])
      copyFileSync(file, join(clone, file))
    const { code, error, leftRunning } = await runToEnd('npm', ['--silent', 'start'], {
      cwd: clone,
      env: {
        npm_config_registry: 'http://127.0.0.1:9',
        npm_config_cache: join(folder, 'cache'),
        npm_config_fetch_retries: '0',
      },
    })
    expect([code, leftRunning]).toEqual([1, []])
    expect(error).toMatch(
      /… ✗\nnpm cannot reach its registry\. Connect to the internet, and run the same command again\.\n$/,
    )
  })
})
