import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { runningProcesses } from './running-processes.ts'

const STOP_LIMIT_MS = 60_000

export interface Ended {
  code: number
  out: string
  error: string
  /** The processes that the command started and did not end. */
  leftRunning: string[]
}

/** Runs the operator's command line in its own process group, with this text on standard input. */
export async function admin(
  args: string[],
  { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const command = spawn(process.execPath, ['src/cli/admin.ts', ...args], {
    detached: true,
    env: { ...process.env, ...env },
  })
  command.stdin.end(input)
  const [out, error, [code]] = await Promise.all([
    text(command.stdout),
    text(command.stderr),
    once(command, 'exit'),
  ])
  return { code, out, error, leftRunning: await leftRunning(command.pid as number) }
}

/** Gives the processes of the group time to notice that they are alone. */
async function leftRunning(group: number): Promise<string[]> {
  for (const endedAt = Date.now(); ; await wait(50)) {
    const left = runningProcesses().filter((process) => process.group === group)
    if (left.length === 0 || Date.now() - endedAt > STOP_LIMIT_MS)
      return left.map(({ name }) => name)
  }
}
