// Measures password hashes and token signatures on workerd; prints Markdown tables.
//
//   npx node bench/primitives.ts
//
// Also measures two packages that the product does not use, when they are installed:
//
//   npm install --no-save argon2id@1.0.1 @noble/hashes@2.4.0

import { existsSync } from 'node:fs'
import { createTestHarness } from 'wrangler'
import type { Measured } from './primitives-worker.ts'

const server = createTestHarness({
  root: import.meta.dirname,
  workers: [
    {
      config: {
        name: 'primitives',
        main: 'primitives-worker.ts',
        compatibility_date: '2026-10-23',
        compatibility_flags: ['nodejs_compat'],
        define: {
          WITH_ARGON2ID: String(isInstalled('argon2id')),
          WITH_NOBLE_HASHES: String(isInstalled('@noble/hashes')),
        },
      },
    },
  ],
})
await server.listen()
try {
  const response = await server.fetch('/')
  if (!response.ok) throw new Error(await response.text())
  const measured = (await response.json()) as Measured
  print('Password hashes', measured.hashes)
  print(`JWT signatures, ${measured.claimsBytes} bytes of claims`, measured.signatures)
  console.log(`\nMemory of @phi-ag/argon2 after all hashes: ${measured.memoryMiB} MiB`)
  console.log(`@phi-ag/argon2 confuses «пароль» with «парень»: ${measured.collides}`)
} finally {
  await server.close()
}

function isInstalled(name: string): boolean {
  return existsSync(`${import.meta.dirname}/../node_modules/${name}`)
}

/** The ratio is of a median to the least one. */
function print(title: string, samples: Record<string, number[]>): void {
  const rows = Object.entries(samples).map(([name, times]) => ({
    name,
    median: median(times),
    min: Math.min(...times),
  }))
  const least = Math.min(...rows.map((row) => row.median))
  console.log(`\n| ${title} | median ms | min ms | ratio |\n| --- | ---: | ---: | ---: |`)
  for (const { name, median, min } of rows)
    console.log(
      `| ${name} | ${median.toFixed(3)} | ${min.toFixed(3)} | ${(median / least).toFixed(2)} |`,
    )
}

/** Of an odd number of values. */
function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
