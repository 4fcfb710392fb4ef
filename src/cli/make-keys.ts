// npm run keys:make -- --file production.keys.env
import { existsSync, readFileSync } from 'node:fs'
import { fail, tellSystemErrors } from './fail.ts'
import { asEnvFile, makeKeys } from './keys.ts'
import { readOptions } from './options.ts'
import { createSecretFile, replaceSecretFile, withMissing } from './secret-file.ts'

tellSystemErrors()
const { file, missing } = readOptions('npm run keys:make', {
  file: { type: 'string' },
  missing: { type: 'boolean', default: false },
})

if (!file) fail('Say where to: npm run keys:make -- --file production.keys.env')
const keys = await makeKeys()
if (!existsSync(file)) {
  createSecretFile(file, asEnvFile(keys))
  console.log(`${file} has every secret, new. Keep a copy elsewhere, and none in the repository.
Cloudflare gets them with the first deploy: npm run deploy -- --secrets-file ${file}`)
} else if (missing) {
  replaceSecretFile(file, withMissing(readFileSync(file, 'utf8'), keys))
  console.log(`${file} has every secret; those that it had before are as they were.`)
} else
  fail(`${file} exists, and is left as it is: what was made with its keys is lost without them.
To add only the secrets that it does not have: npm run keys:make -- --file ${file} --missing`)
