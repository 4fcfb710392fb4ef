import 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** FUZZ_SEED and FUZZ_REQUESTS. */
    fuzz: { seed: number; requests: number }
    /** The origin of the servers of outside-world.ts. */
    outsideWorld: string
    /** The one password that the breach check there knows. */
    stolenPassword: string
    /** The ports of odd-mail-servers.ts, by what each does. */
    oddMailServers: Record<string, number>
    /** Where workshop.ts is asked for what all journeys share. */
    workshop: string
  }
}
