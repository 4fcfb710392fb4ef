// npm run keys:make -- --file production.keys.env
import { existsSync, readFileSync } from 'node:fs'
import { asEnvFile, createSecretFile, makeKeys, replaceSecretFile, withMissing } from './keys.ts'
import { explainSystemErrors, fail, readOptions } from './options.ts'

explainSystemErrors()
const { file, missing } = readOptions('npm run keys:make', {
  file: { type: 'string' },
  missing: { type: 'boolean', default: false },
})

if (!file) fail('Name the file: npm run keys:make -- --file production.keys.env')
const keys = await makeKeys()
if (!existsSync(file)) {
  createSecretFile(file, asEnvFile(keys))
  console.log(`${file} has new secrets. Keep a copy elsewhere, and do not commit it.
To send them to Cloudflare with the first deploy: npm run deploy -- --secrets-file ${file}`)
} else if (missing) {
  replaceSecretFile(file, withMissing(readFileSync(file, 'utf8'), keys))
  console.log(`${file} has every secret now. Those that it had before are unchanged.`)
} else
  fail(`${file} exists and was not changed: data that depends on its keys would be lost.
To add only the missing secrets: npm run keys:make -- --file ${file} --missing`)
