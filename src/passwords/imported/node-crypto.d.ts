/** The part of node:crypto that Workers has under `nodejs_compat` and that is used here. */
declare module 'node:crypto' {
  export function scryptSync(
    password: Uint8Array,
    salt: Uint8Array,
    length: number,
    options: { N: number; r: number; p: number; maxmem: number },
  ): Uint8Array
  interface Hash {
    update(bytes: Uint8Array): Hash
    digest(): Uint8Array
  }
  export function createHash(name: string): Hash
}
