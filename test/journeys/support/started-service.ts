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
    super('src/cli/start.ts', args)
    this.port = port
  }

  /** Waits until the script has printed the commands to try. */
  ready(): Promise<void> {
    return this.hasPrinted('Ctrl-C ends it')
  }

  /** The printed commands, each with its continuation lines. */
  commands(): string[] {
    const [, examples = ''] = this.printed.split('in another terminal:')
    const lines = examples.replaceAll('\\\n', '\\\r').split('\n')
    return lines
      .filter((line) => /^ {2}(TOKEN=|curl )/.test(line))
      .map((line) => line.replaceAll('\\\r', '\\\n'))
  }
}
