import 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** FUZZ_SEED and FUZZ_REQUESTS. */
    fuzz: { seed: number; requests: number }
    /** The origin of the servers of outside-world.ts. */
    outsideWorld: string
    /** The only password that the breach check there knows. */
    stolenPassword: string
    /** The ports of odd-mail-servers.ts, by behaviour. */
    oddMailServers: Record<string, number>
    /** The URL of workshop.ts, which has what all journeys share. */
    workshop: string
  }
}
