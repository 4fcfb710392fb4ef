/** What the tests' Yubikeys need of Node, which workerd has. */
declare module 'node:crypto' {
  interface Block {
    setAutoPadding(isOn: boolean): Block
    update(bytes: Uint8Array): Uint8Array
  }
  function createCipheriv(name: string, key: Uint8Array, iv: null): Block
  function createDecipheriv(name: string, key: Uint8Array, iv: null): Block
}
