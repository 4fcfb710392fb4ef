import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'

interface Where {
  environment?: Record<string, string>
  /** Default: the project's folder. */
  folder?: string
}

/** Runs a command of src/cli/ to its end. */
export async function runCommand(
  command: string,
  flags: string[],
  { environment = {}, folder = '.' }: Where = {},
): Promise<{ status: number | null; printed: string }> {
  const child = spawn(process.execPath, [resolve(`src/cli/${command}.ts`), ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
    env: { ...process.env, ...environment },
  })
  const [status, ...printed] = await Promise.all([
    new Promise<number | null>((ended) => child.on('exit', ended)),
    text(child.stdout),
    text(child.stderr),
  ])
  return { status, printed: printed.join('') }
}
