import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { runningProcesses } from './running-processes.ts'

/** Much longer than a start takes. A process that ends early is reported at once. */
const START_LIMIT_MS = 240_000
const STOP_LIMIT_MS = 60_000
/** Time for the last output of an ended process. */
const LAST_WORDS_MS = 1_000

/** A program in its own process group, with all that it starts. */
export class ProcessGroup {
  printed = ''
  readonly #script: ChildProcess

  constructor(program: string, args: string[], cwd = '.') {
    this.#script = spawn(program, args, {
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.#script.stdout, this.#script.stderr])
      stream?.on('data', (chunk) => {
        this.printed += chunk
      })
  }

  /** Waits for this output. @throws {Error} with the output as soon as the script ends without it */
  async hasPrinted(words: string): Promise<void> {
    const isThere = () => this.printed.includes(words)
    const limit = AbortSignal.timeout(START_LIMIT_MS)
    await new Promise<void>((resolve) => {
      if (isThere()) resolve()
      if (this.#hasEnded) setTimeout(resolve, LAST_WORDS_MS).unref()
      this.#script.stdout?.on('data', () => isThere() && resolve())
      this.#script.on('exit', () => setTimeout(resolve, LAST_WORDS_MS).unref())
      this.#script.on('close', () => resolve())
      limit.addEventListener('abort', () => resolve())
    })
    if (!isThere()) throw new Error(`It did not come up. It printed:\n${this.printed}`)
  }

  /** Sends the script a signal, as `kill` does, and waits until its whole group has ended. */
  async stop(signal: 'SIGTERM' | 'SIGINT', to: 'script' | 'group' = 'script'): Promise<void> {
    const exited = once(this.#script, 'exit')
    process.kill(to === 'group' ? -this.#group : this.#group, signal)
    await Promise.race([exited, wait(STOP_LIMIT_MS, null, { ref: false })])
    for (const sentAt = Date.now(); Date.now() - sentAt < STOP_LIMIT_MS; await wait(50))
      if (this.stillRunning().length === 0) return
  }

  /** The processes of the group that still run. A group outlives the process that it is named after. */
  stillRunning(): string[] {
    return runningProcesses()
      .filter(({ group }) => group === this.#group)
      .map(({ name }) => name)
  }

  /** Kills the group, as a loss of power would, and waits until all of it has ended. */
  async crash(): Promise<void> {
    process.kill(-this.#group, 'SIGKILL')
    for (const killedAt = Date.now(); this.stillRunning().length > 0; await wait(20))
      if (Date.now() - killedAt > STOP_LIMIT_MS) throw new Error('SIGKILL did not end it.')
  }

  /** Kills what is left, whatever happened. */
  kill(): void {
    if (this.stillRunning().length > 0) process.kill(-this.#group, 'SIGKILL')
  }

  get #hasEnded(): boolean {
    return this.#script.exitCode !== null || this.#script.signalCode !== null
  }

  get #group(): number {
    return this.#script.pid as number
  }
}
