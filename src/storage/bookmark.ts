import type { Region, Regions } from './region.ts'

/**
 * A region-aware client sends back the bookmark of the last reply, as `region:bookmark`. It then reads at least the
 * state that it has seen or written.
 */
export const BOOKMARK_HEADER = 'X-D1-Bookmark'

export interface Bookmark {
  region: Region
  /** D1's own text. */
  bookmark: string
}

/** Reads the header. Null if it is invalid; the request then reads as if it had none. */
export function readBookmark(header: string | null, regions: Regions): Bookmark | null {
  const [, name, bookmark] =
    /^([\w-]{1,64}):([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32})$/.exec(header ?? '') ?? []
  const region = name === undefined ? null : regions.withName(name)
  return region && bookmark !== undefined ? { region, bookmark } : null
}

export function formatBookmark({ region, bookmark }: Bookmark): string {
  return `${region.name}:${bookmark}`
}
