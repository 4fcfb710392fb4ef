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

/** A point on the globe, in degrees. */
interface Coordinates {
  latitude: number
  longitude: number
}

/** The locations of the Files.com service's regions, by name. */
const places: Record<string, Coordinates> = {
  'us-east-1': { latitude: 38.95, longitude: -77.45 },
  'eu-central-1': { latitude: 50.11, longitude: 8.68 },
  'eu-west-2': { latitude: 51.51, longitude: -0.13 },
  'ca-central-1': { latitude: 43.65, longitude: -79.38 },
  'ap-southeast-1': { latitude: 1.35, longitude: 103.82 },
  'ap-southeast-2': { latitude: -33.87, longitude: 151.21 },
  'ap-northeast-1': { latitude: 35.68, longitude: 139.69 },
}

/** Returns the region nearest to a location; null if it is unknown. */
export function nearestRegion(names: readonly string[], from: Coordinates | null): string | null {
  if (!from) return null
  const distances = names.flatMap((name) => {
    const place = places[name]
    return place ? [{ name, distance: angleBetween(place, from) }] : []
  })
  return distances.sort((a, b) => a.distance - b.distance)[0]?.name ?? null
}

/** The angle between two points, seen from the middle of the Earth (spherical law of cosines). */
function angleBetween(a: Coordinates, b: Coordinates): number {
  const [latA, latB, turn] = [a.latitude, b.latitude, a.longitude - b.longitude].map(
    (degrees) => (degrees * Math.PI) / 180,
  ) as [number, number, number]
  const cosine = Math.sin(latA) * Math.sin(latB) + Math.cos(latA) * Math.cos(latB) * Math.cos(turn)
  return Math.acos(Math.min(1, Math.max(-1, cosine)))
}
