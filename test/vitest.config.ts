import { globSync, statfsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { type Unstable_Config, unstable_readConfig } from 'wrangler'
import { writeAssets } from '../src/cli/assets.ts'
import { makeKeys } from '../src/cli/keys.ts'
import { isAboutRules } from './support/rule-tests.ts'

// The Worker imports the paths that this writes.
writeAssets()

/** Two regions, each with a second database as its lagging replica. */
const regions = [
  {
    name: 'us-east-1',
    code: 1,
    host: 'us-east-1.localhost',
    database: 'DB_US_EAST_1',
    description: 'USA, Virginia',
  },
  {
    name: 'eu-central-1',
    code: 2,
    host: 'eu-central-1.localhost',
    database: 'DB_EU_CENTRAL_1',
    residency: 'guaranteed',
  },
]

/** The production limits, beside those of the local service, which no test reaches. */
const { ratelimits }: Pick<Unstable_Config, 'ratelimits'> = unstable_readConfig({
  config: 'wrangler.toml',
  env: 'production',
})
const productionLimits = Object.fromEntries(
  ratelimits.map(({ name, namespace_id, simple }) => [
    `PRODUCTION_${name}`,
    { namespace_id: `${namespace_id}0`, simple },
  ]),
)

const inWorkerd = cloudflareTest(async () => ({
  main: './src/index.ts',
  wrangler: { configPath: './wrangler.toml' },
  miniflare: {
    d1Databases: [
      ...regions.flatMap(({ database }) => [database, `${database}_REPLICA`]),
      'DIRECTORY',
      'DIRECTORY_REPLICA',
      // Empty until a test fills it with the migrations of an earlier release.
      'DB_OF_BEFORE',
    ],
    kvNamespaces: ['KV'],
    ratelimits: productionLimits,
    bindings: {
      ...(await makeKeys()),
      GLOBAL_ORIGIN: 'http://localhost',
      REGIONS: regions,
      SERVER_TIMING: 'on',
      PRODUCTION_LIMITS: Object.fromEntries(
        ratelimits.map(({ name, simple }) => [name, simple.limit]),
      ),
      MIGRATIONS: {
        region: await readD1Migrations('./migrations/region'),
        directory: await readD1Migrations('./migrations/directory'),
      },
    },
  },
}))

/** Tests that start processes or read the sources; all others run in workerd. */
const inNode = ['journeys', 'architecture', 'cli'].map((folder) => `test/${folder}/**/*.test.ts`)

/** Node compiles the commands and wrangler once, not each time that a test starts one. */
process.env.NODE_COMPILE_CACHE ??= resolve('node_modules/.cache/compiled')

/** Stores that need not outlive a test are in memory if the machine has enough. */
const IN_MEMORY = '/dev/shm'
const ENOUGH_BYTES = 2 ** 30
if (hasRoom(IN_MEMORY)) process.env.TMPDIR ??= IN_MEMORY

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize > ENOUGH_BYTES
  } catch {
    return false
  }
}

/** `npm run test:unit`: tests that need no store or process; with a pattern, all matching ones in workerd. */
const isUnit = process.argv.includes('--mode=unit')
const hasPattern = process.argv.slice(process.argv.indexOf('--mode=unit') + 1).length > 0
const rules = () => globSync('test/**/*.test.ts').filter(isAboutRules)

const common = {
  // Files of both projects run side by side, each with its own ports, state and stores.
  maxWorkers: availableParallelism(),
  isolate: false,
  // A test that takes this long hangs. A busy machine takes several times what a test needs.
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 60_000 } },
}

export default defineConfig({
  test: {
    root: '.',
    reporters: ['default', ['json', { outputFile: 'test/results.json' }]],
    projects: [
      {
        plugins: [inWorkerd],
        test: {
          name: 'workerd',
          include: isUnit && !hasPattern ? rules() : ['test/**/*.test.ts'],
          exclude: inNode,
          setupFiles: ['test/support/prepare.ts'],
          globalSetup: ['test/support/outside-world.ts'],
          ...common,
          provide: {
            fuzz: {
              seed: Number(process.env.FUZZ_SEED ?? 1),
              requests: Number(process.env.FUZZ_REQUESTS ?? 2_000),
            },
          },
        },
      },
      {
        test: {
          name: 'node',
          // Miniflare reads this when it loads, and then trusts the test servers.
          env: { NODE_EXTRA_CA_CERTS: 'test/support/tls/ca.pem' },
          include: isUnit ? ['test/architecture/**/*.test.ts'] : inNode,
          exclude: isUnit ? ['test/architecture/production-bundle.test.ts'] : [],
          globalSetup: ['test/journeys/support/workshop.ts'],
          ...common,
        },
      },
    ],
  },
})
