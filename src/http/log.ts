/** The log of a request: one line of JSON without secrets and IP addresses. */
interface RequestRecord {
  request_id: string
  method: string
  /** The route's pattern, never the path: a pairing key is part of one. */
  route: string
  hostname: string
  status: number
  /** The service that acts for the client. */
  service?: string
  /** The problem's type and its reason, which the client does not get. */
  problem?: string
  reason?: string
  /** The round trips to storage, in order. */
  trips: string[]
}

/** Logs a record for Workers Logs: failures of the service as errors, everything else as information. */
export function logRequest(record: RequestRecord): void {
  const write = record.status >= 500 ? console.error : console.log
  write(JSON.stringify(record))
}

/** Returns the message of an error's root cause, because Drizzle's own message repeats a statement's values. */
export function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? `${error.name}: ${error.message}` : rootMessage(error.cause)
}

/**
 * Waits for work after a reply, or of the cron, and logs its failure. The runtime would print the error itself, with
 * a statement's values in its message.
 */
export async function logFailure(work: Promise<unknown>, task: string): Promise<void> {
  try {
    await work
  } catch (error) {
    console.error(JSON.stringify({ task, reason: rootMessage(error) }))
  }
}

/** Logs a problem that was handled. */
export function warn(task: string, reason: string): void {
  console.warn(JSON.stringify({ task, reason }))
}

/** Logs a problem that only the operator can fix and the client must not learn about. */
export function logMisconfiguration(reason: string): void {
  console.error(JSON.stringify({ task: 'configuration', reason }))
}
