import { createContext } from 'hono/jsx'

/** What a site's pages show about the site, so that people know where they enter their password. */
export interface Branding {
  name: string
  /** `#rrggbb`; null for the default. */
  accentColor: string | null
  /** Names the logo, which is served at the site's own hosts; null if there is none. */
  logoDigest: string | null
  /** The minimum length of a new password. */
  passwordMinLength: number
  /** Shown before a login; null for none. */
  loginHelpText: string | null
}

/** The branding of the page's site; null on hosts that belong to no single site. */
export const BrandingContext = createContext<Branding | null>(null)
