import { Problem } from '../platform/problem.ts'
import type { Region } from '../regions/region.ts'
import type { Site } from '../sites/site.ts'
import { readLogo } from '../sites/site-logo.ts'
import type { SiteStore } from '../sites/site-store.ts'
import { ACCENT_COLOR } from '../ui/accent.ts'

/** As it was sent: what is undefined stays, an empty text clears. */
export interface SentLook {
  name?: string | undefined
  accent_color?: string | undefined
  logo?: string | undefined
}

/** Changes how the site's pages look. @throws {Problem} model-save-error, and nothing is changed */
export async function changeLook(
  { sitesIn }: { sitesIn: (region: Region) => SiteStore },
  { site, region }: { site: Site; region: Region },
  { name, accent_color: sentColor, logo: sentLogo }: SentLook,
): Promise<Site> {
  if (name === undefined && sentColor === undefined && sentLogo === undefined) return site
  const accentColor = sentColor?.toLowerCase()
  const logo = sentLogo ? await readLogo(sentLogo) : null
  const isColor = !accentColor || ACCENT_COLOR.test(accentColor)
  if (!isColor || (sentLogo && !logo))
    throw new Problem('processing-failure/model-save-error', {
      modelErrors: isColor ? { logo: ['logo-unreadable'] } : { accent_color: ['color-malformed'] },
    })
  const changed = await sitesIn(region).setLook(site.id, {
    ...(name !== undefined && { name }),
    ...(accentColor !== undefined && { accentColor: accentColor || null }),
    ...(sentLogo !== undefined && { logo }),
  })
  return changed ?? site
}
