import type { Region, Regions } from '../storage/region.ts'
import type { SessionKey } from './session-statements.ts'
import { keyOfString, regionOfSessionString } from './session-string.ts'
import type { SessionTokens } from './session-token.ts'

/** A session as a request presents it: its region and how to find it there. It has not been read yet. */
export interface PresentedSession {
  region: Region
  key: SessionKey
  /** The session string, if that was sent, because only its bearer may see it again. */
  sessionString: string | null
}

/** Reads a session string or session token. Null if it is neither. */
export async function readCredential(
  { regions, tokens }: { regions: Regions; tokens: SessionTokens },
  credential: string,
  now: number,
): Promise<PresentedSession | null> {
  const region = regionOfSessionString(credential, regions)
  if (region)
    return { region, key: await keyOfString(credential, region), sessionString: credential }
  if (!credential.includes('.')) return null
  const claims = await tokens.verify(credential, now)
  const home = claims && regions.withName(claims.region)
  return home && claims
    ? {
        region: home,
        key: { id: claims.sid, userId: Number(claims.sub), siteId: claims.site },
        sessionString: null,
      }
    : null
}
