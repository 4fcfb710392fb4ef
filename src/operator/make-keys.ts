// npm run keys:make -- --file production.keys.env
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { fail } from './fail.ts'
import { asEnvFile, makeKeys } from './keys.ts'
import { createSecretFile } from './secret-file.ts'

const { file } = parseArgs({ options: { file: { type: 'string' } } }).values

if (!file) fail('Say where to: npm run keys:make -- --file production.keys.env')
if (existsSync(file))
  fail(
    `${file} exists, and is left as it is. Without its keys, all that was made with them is lost.`,
  )

createSecretFile(file, asEnvFile(await makeKeys()))
console.log(`${file} has every secret, new. Keep it safe, with a copy elsewhere, and out of the repository.
Give them to Cloudflare with the first deploy: npm run deploy -- --secrets-file ${file}`)
