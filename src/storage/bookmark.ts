import type { Region, Regions } from './region.ts'

/**
 * What a region-aware client carries from reply to request, as `region:bookmark`: it then reads at least
 * the state that it has seen or made.
 */
export const BOOKMARK_HEADER = 'X-D1-Bookmark'

export interface Bookmark {
  region: Region
  /** As D1 makes it. */
  bookmark: string
}

/** Reads the header. Null for what is none of ours: the request then reads as one without. */
export function readBookmark(header: string | null, regions: Regions): Bookmark | null {
  const [, name, bookmark] =
    /^([\w-]{1,64}):([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32})$/.exec(header ?? '') ?? []
  const region = name === undefined ? null : regions.withName(name)
  return region && bookmark !== undefined ? { region, bookmark } : null
}

export function formatBookmark({ region, bookmark }: Bookmark): string {
  return `${region.name}:${bookmark}`
}
