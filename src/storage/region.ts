/** A place with a database of its own, in which all rows of its sites live. */
export interface Region {
  /** As the Files.com service names it, such as `eu-central-1`. */
  name: string
  /** 0 to 255. Part of every id and session string made here, so it never changes. */
  code: number
  /** The host name that clients in this region use. */
  host: string
  /** The name of the D1 binding. */
  database: string
  /** Where it is, for people. */
  description: string
  residency: Residency
}

/**
 * What D1 says of where its rows are: a jurisdiction is guaranteed, any other place preferred.
 */
export const residencies = ['guaranteed', 'preferred'] as const

export type Residency = (typeof residencies)[number]

/** The code as two hex digits: the start of every session string of the region. */
export function hexCode(region: Region): string {
  return region.code.toString(16).padStart(2, '0')
}

/** The host and port that a region's clients use: the port is that of the global origin. */
export function regionalHost({ host }: Region, { port }: URL): string {
  return port === '' ? host : `${host}:${port}`
}

export class Regions {
  readonly all: readonly Region[]

  /** @throws {TypeError} when two regions share a name, a code or a host, or there is none */
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
