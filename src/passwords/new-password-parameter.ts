import { text } from '../http/check-parameters.ts'

const LIMIT_BYTES = 1024

/** A new password. It is never cut: more than 1,024 bytes of UTF-8 are refused. */
export const newPasswordParameter = text(LIMIT_BYTES).refine(
  (password) => new TextEncoder().encode(password).length <= LIMIT_BYTES,
)
