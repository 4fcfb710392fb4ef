import { withoutBidiControls } from './bidi.ts'
import { cookieNamed } from './cookies.ts'

/** Facts about a request for use cases and views. */
export interface RequestFacts {
  /** Returned as `X-Request-Id` and logged. */
  id: string
  /** The host name of the URL: lower case, without port and final dot. */
  hostname: string
  /** The client's IP address according to the platform, or to a service that acts for the client; null if unknown. */
  address: string | null
  /** The name of the service that acts for the client; null if there is none. */
  service: string | null
  /** The client's location in degrees; null if unknown. */
  place: { latitude: number; longitude: number } | null
  /** The client's location for people, as a city and a country code; null if unknown. */
  placeName: string | null
  userAgent: string
  accept: string
  /** Returns the value of a cookie; null if it was not sent. */
  cookie: (name: string) => string | null
}

/** The length of an IPv6 address with an IPv4 address in it, and some more. */
const LONGEST_ADDRESS = 64
const LONGEST_PLACE = 100

/** Cloudflare sets CF-Connecting-IP itself and overwrites a client's. Other headers come from the client. */
export function readRequestFacts(request: Request): RequestFacts {
  return {
    id: crypto.randomUUID().replaceAll('-', ''),
    hostname: urlOf(request).hostname.toLowerCase().replace(/\.$/, ''),
    address: request.headers.get('CF-Connecting-IP')?.slice(0, LONGEST_ADDRESS) ?? null,
    service: null,
    userAgent: withoutBidiControls(request.headers.get('User-Agent') ?? '')
      .slice(0, 512)
      .toWellFormed(),
    accept: (request.headers.get('Accept') ?? '').slice(0, 512),
    cookie: (name) => cookieNamed(request.headers, name),
    place: placeOf(request),
    placeName: placeNameOf(request),
  }
}

function placeOf({ cf }: Request): RequestFacts['place'] {
  const [latitude, longitude] = [cf?.latitude, cf?.longitude].map((degrees) =>
    Number.parseFloat(String(degrees)),
  ) as [number, number]
  return Number.isFinite(latitude) && Number.isFinite(longitude) ? { latitude, longitude } : null
}

function placeNameOf({ cf }: Request): string | null {
  const named = [cf?.city, cf?.country].filter((name) => typeof name === 'string' && name !== '')
  return named.length > 0 ? named.join(', ').slice(0, LONGEST_PLACE) : null
}

const urls = new WeakMap<Request, URL>()

/** Returns a request's URL, which is parsed once. It must not be changed. */
export function urlOf(request: Request): URL {
  const url = urls.get(request) ?? new URL(request.url)
  urls.set(request, url)
  return url
}
