import { type Ended, runToEnd } from './run-to-end.ts'

/** Runs the operator's command line, with this text on standard input. */
export function admin(
  args: string[],
  given: { input?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  return runToEnd(process.execPath, ['src/cli/admin.ts', ...args], given)
}
