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
