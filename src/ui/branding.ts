import { createContext } from 'hono/jsx'

/** What the pages of a site show of it, so that a person knows where a password goes. */
export interface Branding {
  name: string
  /** `#rrggbb`; null for ours. */
  accentColor: string | null
  /** Names the picture, which is served at the site's own hosts; null where there is none. */
  logoDigest: string | null
  /** The least characters of a new password. */
  passwordMinLength: number
  /** For people who are about to log in; null for none. */
  loginHelpText: string | null
}

/** The look of the site that a page is shown for; null on hosts of no one site. */
export const BrandingContext = createContext<Branding | null>(null)
