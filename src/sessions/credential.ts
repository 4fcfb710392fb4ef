import type { Region, Regions } from '../storage/region.ts'
import type { SessionKey } from './session-statements.ts'
import { keyOfString, regionOfSessionString } from './session-string.ts'
import type { SessionTokens } from './session-token.ts'

/** A session as a request presents it: where it lives and how it is found there. Not yet asked for. */
export interface PresentedSession {
  region: Region
  key: SessionKey
  /** The string itself where that was presented: only its bearer is shown it again. */
  sessionString: string | null
}

/** Reads a session string or session token. Null when it is neither. */
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
