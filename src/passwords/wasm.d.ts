/** A WebAssembly module that the bundler compiles ahead: Workers forbids compiling at run time. */
declare module '*.wasm' {
  const module: WebAssembly.Module
  // biome-ignore lint/style/noDefaultExport: this is how the runtime exports it
  export default module
}
