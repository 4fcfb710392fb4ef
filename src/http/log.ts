/** What is logged of a request: one line of JSON, in which no secret and no raw address stands. */
export interface RequestRecord {
  request_id: string
  method: string
  /** The route's pattern, never the path itself: a pairing key is part of one. */
  route: string
  hostname: string
  status: number
  /** The service that spoke for the caller. */
  service?: string
  /** The error's type, and why; the reason is not told to the caller. */
  problem?: string
  reason?: string
  /** The visits to storage, in order. */
  trips: string[]
}

/** Writes a record where Workers Logs reads it. Failures of ours are errors, all else is information. */
export function logRequest(record: RequestRecord): void {
  const write = record.status >= 500 ? console.error : console.log
  write(JSON.stringify(record))
}

/** The message of what caused an error in the end: Drizzle's own would repeat a statement's values. */
export function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? `${error.name}: ${error.message}` : rootMessage(error.cause)
}

/**
 * Waits for work that goes on after a reply, or that the cron does, and logs a failure. Left alone, the
 * runtime would print the error itself, with the values of a statement in its message.
 */
export async function logFailure(work: Promise<unknown>, task: string): Promise<void> {
  try {
    await work
  } catch (error) {
    console.error(JSON.stringify({ task, reason: rootMessage(error) }))
  }
}

/** Logs what went wrong and was got over. */
export function warn(task: string, reason: string): void {
  console.warn(JSON.stringify({ task, reason }))
}

/** Logs what only the operator can mend, where the caller must not learn of it. */
export function logMisconfiguration(reason: string): void {
  console.error(JSON.stringify({ task: 'configuration', reason }))
}
