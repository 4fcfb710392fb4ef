/** A file that the bundler includes as text. */
declare module '*.txt' {
  const text: string
  // biome-ignore lint/style/noDefaultExport: this is how the runtime exports it
  export default text
}
