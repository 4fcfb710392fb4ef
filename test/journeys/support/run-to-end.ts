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
  /** The processes that the program started and did not end. */
  leftRunning: string[]
}

/** Runs a program in its own process group, with this text on standard input. */
export async function runToEnd(
  program: string,
  args: string[],
  {
    input = '',
    env = {},
    cwd = '.',
  }: { input?: string; env?: Record<string, string>; cwd?: string } = {},
): Promise<Ended> {
  const running = spawn(program, args, { cwd, detached: true, env: { ...process.env, ...env } })
  // A program may end without having read it.
  running.stdin.on('error', () => undefined)
  running.stdin.end(input)
  const [out, error, [code]] = await Promise.all([
    text(running.stdout),
    text(running.stderr),
    once(running, 'exit'),
  ])
  return { code, out, error, leftRunning: await leftRunning(running.pid as number) }
}

/** Gives the processes of the group time to notice that they are alone. */
async function leftRunning(group: number): Promise<string[]> {
  for (const endedAt = Date.now(); ; await wait(50)) {
    const left = runningProcesses().filter((process) => process.group === group)
    if (left.length === 0 || Date.now() - endedAt > STOP_LIMIT_MS)
      return left.map(({ name }) => name)
  }
}
