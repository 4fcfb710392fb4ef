import { ProcessGroup } from './process-group.ts'

/** The service as a developer starts it, with the start script. */
export class StartedService extends ProcessGroup {
  readonly port: number

  constructor({
    port,
    stateFolder,
    flags = [],
  }: {
    port: number
    stateFolder: string
    flags?: string[]
  }) {
    const args = ['--port', String(port), '--persist-to', stateFolder, ...flags]
    super(process.execPath, ['src/cli/start.ts', ...args])
    this.port = port
  }

  /** Waits until the script has printed where everything is. */
  ready(): Promise<void> {
    return this.hasPrinted('Press Ctrl-C')
  }
}
