import { withoutBidiControls } from './bidi.ts'
import { cookieNamed } from './cookies.ts'

/** What a use case or a view may want to know of a request. */
export interface RequestFacts {
  /** Sent back as `X-Request-Id` and found in the logs. */
  id: string
  /** The host name the request was made to: lower case, no port, no dot of the root at its end. */
  hostname: string
  /**
   * The caller's address as the platform states it, or as a service does that speaks for the caller;
   * null where nobody does.
   */
  address: string | null
  /** The service that speaks for the caller, by its name; null where the caller speaks. */
  service: string | null
  /** Where the caller is, in degrees, as far as the platform knows; null where it does not. */
  place: { latitude: number; longitude: number } | null
  /** The same for people: a city and a country's code; null where the platform knows neither. */
  placeName: string | null
  userAgent: string
  accept: string
  /** The value of a cookie; null where it was not sent. */
  cookie: (name: string) => string | null
}

/** An IPv6 address with an IPv4 one in it, and room to spare. */
const LONGEST_ADDRESS = 64
const LONGEST_PLACE = 100

/** Cloudflare sets CF-Connecting-IP itself and overwrites a client's; other headers are the client's word. */
export function readRequestFacts(request: Request): RequestFacts {
  return {
    id: crypto.randomUUID().replaceAll('-', ''),
    hostname: new URL(request.url).hostname.toLowerCase().replace(/\.$/, ''),
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
