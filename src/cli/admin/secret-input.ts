import { stderr, stdin } from 'node:process'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { fail } from '../options.ts'

/** Reads a secret: typed at a terminal without echo, or else the first line of standard input. */
export async function readSecret(label: string): Promise<string> {
  const secret = stdin.isTTY ? await typedUnseen(label) : await firstLine()
  return secret || fail(`No ${label.toLowerCase()} was given.`)
}

/** Reads a new password, at a terminal twice. */
export async function readNewPassword(): Promise<string> {
  const password = await readSecret('New password')
  if (stdin.isTTY && (await readSecret('Confirm password')) !== password)
    fail('The passwords do not match. Nothing was changed.')
  return password
}

async function typedUnseen(label: string): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: stdin, output: unseen, terminal: true })
  terminal.on('SIGINT', () => process.exit(130))
  stderr.write(`${label}: `)
  const typed = await terminal.question('')
  terminal.close()
  stderr.write('\n')
  return typed
}

async function firstLine(): Promise<string> {
  const lines = createInterface({ input: stdin })
  for await (const line of lines) {
    lines.close()
    return line
  }
  return ''
}
