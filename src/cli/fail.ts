/** Ends a command with what its user can do about it. */
export function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
