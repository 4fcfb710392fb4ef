/** Ends a command with what its user can do about it. */
export function fail(message: string): never {
  console.error(message)
  process.exit(1)
}

/** What the machine refuses, such as to write a file, is told in a sentence. A fault of ours shows its stack. */
export function tellSystemErrors(): void {
  process.on('uncaughtException', (error) => {
    if ('syscall' in error) fail(`This machine refused: ${error.message}.`)
    console.error(error)
    process.exit(1)
  })
}
