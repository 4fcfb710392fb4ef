/** A WebAssembly module that the bundler compiles ahead: Workers forbids compiling at run time. */
declare module '*.wasm' {
  const module: WebAssembly.Module

  export { module as default }
}
