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
