/** The parts of Node's crypto that the simulated Yubikeys need, which workerd has. */
declare module 'node:crypto' {
  interface Block {
    setAutoPadding(isOn: boolean): Block
    update(bytes: Uint8Array): Uint8Array
  }
  function createCipheriv(name: string, key: Uint8Array, iv: null): Block
  function createDecipheriv(name: string, key: Uint8Array, iv: null): Block
}
