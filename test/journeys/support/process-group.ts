import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { runningProcesses } from './running-processes.ts'

/** Much longer than it takes: what ends without being ready is told at once. */
const START_LIMIT_MS = 240_000
const STOP_LIMIT_MS = 60_000
/** For the last words of what has ended. */
const LAST_WORDS_MS = 1_000

/** A script in a process group of its own, with all that it starts. */
export class ProcessGroup {
  printed = ''
  readonly #script: ChildProcess

  constructor(script: string, args: string[]) {
    this.#script = spawn(process.execPath, [script, ...args], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.#script.stdout, this.#script.stderr])
      stream?.on('data', (chunk) => {
        this.printed += chunk
      })
  }

  /** Waits until it has printed this. @throws {Error} as soon as it has ended without, with what it printed */
  async hasPrinted(words: string): Promise<void> {
    const isThere = () => this.printed.includes(words)
    const limit = AbortSignal.timeout(START_LIMIT_MS)
    await new Promise<void>((resolve) => {
      this.#script.stdout?.on('data', () => isThere() && resolve())
      this.#script.on('exit', () => setTimeout(resolve, LAST_WORDS_MS).unref())
      this.#script.on('close', () => resolve())
      limit.addEventListener('abort', () => resolve())
    })
    if (!isThere()) throw new Error(`It did not come up. It printed:\n${this.printed}`)
  }

  /** Sends the script a signal, as `kill` does; waits until it and all that it started are gone. */
  async stop(signal: 'SIGTERM' | 'SIGINT', to: 'script' | 'group' = 'script'): Promise<void> {
    const exited = once(this.#script, 'exit')
    process.kill(to === 'group' ? -this.#group : this.#group, signal)
    await Promise.race([exited, wait(STOP_LIMIT_MS, null, { ref: false })])
    for (const sentAt = Date.now(); Date.now() - sentAt < STOP_LIMIT_MS; await wait(50))
      if (this.stillRunning().length === 0) return
  }

  /** What the script started and still runs. A group outlives the process that it is named after. */
  stillRunning(): string[] {
    return runningProcesses()
      .filter(({ group }) => group === this.#group)
      .map(({ name }) => name)
  }

  /** Ends it as a loss of power does, and waits until nothing of it is left. */
  async crash(): Promise<void> {
    process.kill(-this.#group, 'SIGKILL')
    for (const killedAt = Date.now(); this.stillRunning().length > 0; await wait(20))
      if (Date.now() - killedAt > STOP_LIMIT_MS) throw new Error('SIGKILL did not end it.')
  }

  /** Leaves nothing behind, whatever happened. */
  kill(): void {
    if (this.stillRunning().length > 0) process.kill(-this.#group, 'SIGKILL')
  }

  get #group(): number {
    return this.#script.pid as number
  }
}
