/** A file that the bundler includes as text. */
declare module '*.txt' {
  const text: string
  // biome-ignore lint/style/noDefaultExport: this is how the runtime exports it
  export default text
}

/** A WebAssembly module that the bundler compiles in advance, because Workers do not compile at run time. */
declare module '*.wasm' {
  const module: WebAssembly.Module
  // biome-ignore lint/style/noDefaultExport: this is how the runtime exports it
  export default module
}
