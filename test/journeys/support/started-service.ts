import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { runningProcesses } from './running-processes.ts'

/** Much longer than it takes: what ends without being ready is told at once. */
const START_LIMIT_MS = 240_000
const STOP_LIMIT_MS = 60_000

/** The service as a developer starts it: the start script, in a process group of its own. */
export class StartedService {
  printed = ''
  readonly #script: ChildProcess

  constructor({
    port,
    stateFolder,
    flags = [],
  }: {
    port: number
    stateFolder: string
    flags?: string[]
  }) {
    this.#script = spawn(
      process.execPath,
      ['src/operator/start.ts', '--port', String(port), '--persist-to', stateFolder, ...flags],
      { detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    for (const stream of [this.#script.stdout, this.#script.stderr])
      stream?.on('data', (chunk) => {
        this.printed += chunk
      })
  }

  /** Waits until the script has printed what to try. */
  async ready(): Promise<void> {
    const isReady = () => /Ctrl-C ends it/.test(this.printed)
    const limit = AbortSignal.timeout(START_LIMIT_MS)
    await new Promise<void>((resolve) => {
      this.#script.stdout?.on('data', () => isReady() && resolve())
      this.#script.on('close', () => resolve())
      limit.addEventListener('abort', () => resolve())
    })
    if (!isReady()) throw new Error(`The service did not come up. It printed:\n${this.printed}`)
  }

  /** The commands that it printed, each as it stands there: a line, and those it continues on. */
  commands(): string[] {
    const [, examples = ''] = this.printed.split('in another terminal:')
    const lines = examples.replaceAll('\\\n', '\\\r').split('\n')
    return lines
      .filter((line) => /^ {2}(TOKEN=|curl )/.test(line))
      .map((line) => line.replaceAll('\\\r', '\\\n'))
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
