import { and, eq, type SQL, sql } from 'drizzle-orm'
import { sha256 } from '../crypto/digests.ts'
import { readOrNull } from '../http/read-or-null.ts'
import { insertFrom } from '../storage/insert-from.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import { ofHost } from './host-statements.ts'
import type { SiteHost } from './site.ts'
import { siteLogos, sites } from './tables.ts'

export interface Logo {
  /** SHA-256 of `data`, which names it. */
  digest: string
  mediaType: string
  /** Base64. */
  data: string
}

/** In bytes: enough for a logo, and small enough for a row. */
export const LARGEST_LOGO = 32_768

/** The accepted formats. SVG is not among them, because it can contain scripts. */
const KINDS: [mediaType: string, isOne: (bytes: string) => boolean][] = [
  ['image/png', (bytes) => bytes.startsWith('\x89PNG\r\n\x1a\n')],
  ['image/jpeg', (bytes) => bytes.startsWith('\xff\xd8\xff')],
  ['image/webp', (bytes) => bytes.startsWith('RIFF') && bytes.slice(8, 12) === 'WEBP'],
]

/** Reads a logo. @returns null if it is not base64 of a PNG, JPEG or WebP of at most 32 KiB */
export async function readLogo(base64: string): Promise<Logo | null> {
  const bytes = readOrNull(() => atob(base64)) ?? ''
  const kind = KINDS.find(([, isOne]) => isOne(bytes))
  if (!kind || bytes.length > LARGEST_LOGO) return null
  const data = btoa(bytes)
  return { digest: await sha256(data), mediaType: kind[0], data }
}

/** Finds the logo of the site at a host, if its digest is still this one. */
export async function findLogo(
  database: ReplicatedDatabase['nearest'],
  host: SiteHost,
  digest: string,
): Promise<Pick<Logo, 'mediaType' | 'data'> | null> {
  const [found] = await database
    .select({ mediaType: siteLogos.mediaType, data: siteLogos.data })
    .from(siteLogos)
    .innerJoin(sites, eq(sites.id, siteLogos.siteId))
    .where(and(ofHost(host), eq(sites.logoDigest, digest)))
  return found ?? null
}

/** The statement that replaces or removes a site's logo, if the condition holds. */
export function logoStatement(
  database: ReplicatedDatabase['primary'],
  { siteId, logo }: { siteId: number; logo: Logo | null },
  condition: SQL,
) {
  if (!logo) return database.delete(siteLogos).where(sql`site_id = ${siteId} AND ${condition}`)
  const { mediaType, data } = logo
  return insertFrom(
    database,
    siteLogos,
    { siteId, mediaType, data },
    { where: condition },
  ).onConflictDoUpdate({ target: siteLogos.siteId, set: { mediaType, data } })
}
