import * as z from 'zod'

/** What D1 promises about the location of rows: a jurisdiction is guaranteed, any other location preferred. */
export const residencies = ['guaranteed', 'preferred'] as const

/** A region with its own database, which has all rows of its sites. */
export const regionSetting = z.object({
  /** The name in the Files.com service, such as `eu-central-1`. */
  name: z.string().min(1),
  /** It is part of every id and session string of the region, so it never changes. */
  code: z.int().min(0).max(255),
  /** The host name for clients in this region. */
  host: z.string().min(1),
  /** The name of the D1 binding. */
  database: z.string().min(1),
  /** The location, for people to read. */
  description: z.string().default(''),
  residency: z.enum(residencies).default('preferred'),
})

export type Region = z.infer<typeof regionSetting>

/** Returns the code as two hex digits, with which every session string of the region starts. */
export function hexCode(region: Region): string {
  return region.code.toString(16).padStart(2, '0')
}

/** The host and port for clients of a region. The port is the global origin's. */
export function regionalHost({ host }: Region, { port }: URL): string {
  return port === '' ? host : `${host}:${port}`
}

export class Regions {
  readonly all: readonly Region[]

  /** @throws {TypeError} if two regions share a name, code or host, or there is none */
  constructor(all: readonly Region[]) {
    if (all.length === 0) throw new TypeError('name at least one region')
    for (const key of ['name', 'code', 'host', 'database'] as const)
      if (new Set(all.map((region) => region[key])).size < all.length)
        throw new TypeError(`two regions have the same ${key}`)
    this.all = all
  }

  withCode(code: number): Region | null {
    return this.all.find((region) => region.code === code) ?? null
  }

  withName(name: string): Region | null {
    return this.all.find((region) => region.name === name) ?? null
  }

  withHost(hostname: string): Region | null {
    return this.all.find((region) => region.host === hostname) ?? null
  }
}
