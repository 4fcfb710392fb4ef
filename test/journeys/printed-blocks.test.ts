import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from './support/latchkey.ts'
import { ProcessGroup } from './support/process-group.ts'
import { runToEnd } from './support/run-to-end.ts'

/** What a clone has that the blocks use. */
const CLONED = ['src', 'migrations', 'docs', 'package.json', 'package-lock.json', 'wrangler.toml']
/** Blocks that serve until Ctrl-C: the first is how the service of this file is started. */
const SERVING = ['npm start', 'npm run start:regions']
/** Languages of blocks that nobody runs. */
const DATA = ['', 'csv', 'ini', 'json', 'text', 'toml']
const PRODUCTION = '# production\n'
/** For whatever asks for a password. */
const PASSWORD = 'a quiet lamp by the window\n'

interface Block {
  title: string
  language: string
  text: string
}

const blocks = ['README.md', ...globSync('docs/*.md').sort()].flatMap(blocksOf)
const runnable = blocks.filter(
  ({ text, language }) =>
    !DATA.includes(language) && !SERVING.includes(text.trim()) && !text.startsWith(PRODUCTION),
)

function blocksOf(path: string): Block[] {
  const fenced = readFileSync(path, 'utf8').matchAll(/^( *)```(\S*)\n(.*?)^\1```$/gms)
  return [...fenced].map(([, indent = '', language = '', text = ''], index) => ({
    title: `${path}, block ${index + 1}`,
    language,
    text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }))
}

let clone: string
let service: ProcessGroup
let env: Record<string, string>

beforeAll(async () => {
  clone = mkdtempSync(join(tmpdir(), 'latchkey-clone-'))
  for (const name of CLONED) cpSync(name, join(clone, name), { recursive: true })
  // Each package is a link: what a block installs or removes changes the clone alone.
  mkdirSync(join(clone, 'node_modules'))
  for (const name of readdirSync('node_modules'))
    symlinkSync(resolve('node_modules', name), join(clone, 'node_modules', name))
  // Where curl is refused, the block fails.
  writeFileSync(join(clone, '.curlrc'), 'fail-with-body\n')
  const port = await freePort()
  env = { LATCHKEY: `http://localhost:${port}`, CURL_HOME: clone }
  service = new ProcessGroup('npm', ['start', '--', '--port', String(port)], clone)
  await service.hasPrinted('Press Ctrl-C')
})
afterAll(async () => {
  await service?.stop('SIGTERM', 'group')
  service?.kill()
  rmSync(clone, { recursive: true, force: true })
})

async function run({ language, text }: Block) {
  if (language !== 'js') return runToEnd('sh', ['-ec', text], { cwd: clone, env, input: PASSWORD })
  writeFileSync(join(clone, 'try.mjs'), text)
  return runToEnd(process.execPath, ['try.mjs'], { cwd: clone, env })
}

describe('A block of the README and docs', () => {
  it.each(runnable)('runs as printed: $title', async (block) => {
    const { code, error } = await run(block)
    expect({ code, error: code === 0 ? '' : error }).toEqual({ code: 0, error: '' })
  })

  it.each(blocks.filter(({ text }) => text.startsWith(PRODUCTION)))(
    'is marked for production, and is commands of a shell: $title',
    async ({ text }) => {
      expect(await runToEnd('sh', ['-n', '-c', text])).toMatchObject({ code: 0, error: '' })
    },
  )

  it('has a language that says whether it runs', () => {
    const isKnown = ({ language }: Block) => ['sh', 'js', ...DATA].includes(language)
    const looksRun = ({ text }: Block) => /^(\$ *)?(curl|npm|npx|node|import) /m.test(text)
    expect(blocks.filter((block) => !isKnown(block))).toEqual([])
    expect(blocks.filter((block) => DATA.includes(block.language) && looksRun(block))).toEqual([])
  })
})

describe('The README', () => {
  const [logIn, sdk, admin] = runnable.filter(({ title }) => title.startsWith('README')) as [
    Block,
    Block,
    Block,
  ]

  it('starts the service and its regions by commands of their own', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
    const serving = blocks.map(({ text }) => text.trim()).filter((text) => SERVING.includes(text))
    expect(serving).toEqual(SERVING)
    expect([scripts.start, scripts['start:regions']]).toEqual([
      'node src/cli/start.ts',
      'node src/cli/start.ts --regions',
    ])
  })

  it('logs in by curl, uses the session, and logs out', async () => {
    const { out } = await run(logIn)
    expect(out).toMatch(/^\{.*"subdomain":"mysite".*\}\n204\n$/)
  })

  it('does the same by the official SDK', async () => {
    expect((await run(sdk)).out).toBe('logged in as sessionuser, 0 API keys\nlogged out\n')
  })

  it('administers the running service, on any port', async () => {
    expect(admin.text).toContain('site create acme')
    const listed = await runToEnd(
      'npm',
      ['--silent', 'run', 'admin', '--', 'site', 'list', '--json'],
      {
        cwd: clone,
      },
    )
    expect(JSON.parse(listed.out)).toMatchObject([{ subdomain: 'acme' }, { subdomain: 'mysite' }])
  })
})
