// The headers of visits-worker.ts.

/** Records the visits to D1 of this call under a name. */
export const RECORD = 'x-record'
/** Repeats the visits that were recorded under a name, and does nothing else. */
export const REPLAY = 'x-replay'
/** The row to repeat them for, as JSON: see src/sessions/session-string.ts. */
export const KEY = 'x-key'
/** Computes one hash before the last visit. */
export const HASH = 'x-hash'
