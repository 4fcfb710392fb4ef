/** Ends a command with a message that says what to do. */
export function fail(message: string): never {
  console.error(message)
  process.exit(1)
}

/**
 * Prints errors of the system, such as a file that cannot be written, as one sentence. Other errors show their stack.
 */
export function explainSystemErrors(): void {
  process.on('uncaughtException', (error) => {
    if ('syscall' in error) fail(`This machine refused: ${error.message}.`)
    console.error(error)
    process.exit(1)
  })
}
