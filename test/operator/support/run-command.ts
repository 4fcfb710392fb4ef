import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

/** Runs a command of src/operator/ to its end. */
export async function runCommand(
  command: string,
  flags: string[],
  environment: Record<string, string> = {},
): Promise<{ status: number | null; printed: string }> {
  const child = spawn(process.execPath, [`src/operator/${command}.ts`, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  const [status, ...printed] = await Promise.all([
    new Promise<number | null>((resolve) => child.on('exit', resolve)),
    text(child.stdout),
    text(child.stderr),
  ])
  return { status, printed: printed.join('') }
}
