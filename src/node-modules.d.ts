/** The part of Node's sockets that the SMTP client needs and workerd has. */
declare module 'node:net' {
  export interface Socket {
    once(event: 'error', listener: (error: Error) => void): this
    destroy(): void
  }
  export function connect(to: { host: string; port: number }, connected: () => void): Socket
}

declare module 'node:events' {
  export class EventEmitter {
    on(event: 'error' | 'end', listener: (error?: unknown) => void): this
  }
}

declare module 'node:tls' {
  import type { Socket } from 'node:net'

  export function connect(
    to: { host: string; port: number; servername: string },
    secured: () => void,
  ): Socket
}

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
