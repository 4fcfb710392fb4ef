import { mailLanguage } from '../mail/mail-language.ts'
import { Problem } from '../platform/problem.ts'
import type { Region, Regions } from '../regions/region.ts'
import {
  isOfUser,
  readPartialSession,
  type SecondStepNeeds,
} from '../second-factors/second-step.ts'
import { sendCode } from '../second-factors/send-code.ts'
import type { HostScope } from '../sites/site.ts'
import type { UserStore } from '../users/user-store.ts'

export interface TextCodeNeeds extends SecondStepNeeds {
  regions: Regions
  usersIn: (region: Region) => UserStore
}

/**
 * Texts a code to the phone of whom a partial session is of, once a minute.
 * @throws {Problem} invalid-session; two-factor-authentication-code-already-sent; model-save-error
 */
export async function textCode(
  needs: TextCodeNeeds,
  asked: { partialSession: string; scope: HostScope; language: string },
): Promise<void> {
  const partial = await readPartialSession(needs, asked.partialSession, asked.scope)
  const region = needs.regions.withName(partial.region)
  const account = region && (await needs.usersIn(region).withId(partial.user))
  if (!region || !account || account.user.disabled || !isOfUser(partial, account))
    throw over('its user is another now')
  if (await needs.partialSessionsIn(region).isDead(partial)) throw over('used, or too many codes')
  const { factors } = await needs.secondFactorsIn(region).provable(account.user.id)
  const factor = factors.find(({ method }) => method === 'sms')
  if (!factor) throw over('no phone')
  const language = mailLanguage(account, asked.language)
  await sendCode(needs, region, { factor, site: account.site, language })
}

function over(reason: string): Problem {
  return new Problem('not-authenticated/invalid-session', { reason })
}
