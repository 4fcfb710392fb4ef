import { text } from '../http/check-parameters.ts'

const LIMIT_BYTES = 1024

/** A password that is to be set: taken whole, or refused above 1024 bytes of UTF-8. */
export const newPasswordParameter = text(LIMIT_BYTES).refine(
  (password) => new TextEncoder().encode(password).length <= LIMIT_BYTES,
)
