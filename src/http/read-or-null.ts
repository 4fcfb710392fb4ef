/** Returns what a function reads; null for whatever it throws about malformed input. */
export function readOrNull<Value>(read: () => Value): Value | null {
  try {
    return read()
  } catch {
    return null
  }
}
