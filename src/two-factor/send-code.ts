import type { Ctx } from '../context.ts'
import type { Language } from '../http/languages.ts'
import { type ModelError, notSaved, Problem } from '../http/problem.ts'
import { fill, messagesFor } from '../messages/messages.ts'
import { readPhoneNumber } from '../notifications/phone-number.ts'
import { type Site, siteOrigin } from '../sites/site.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { SecondFactorRow } from './second-factor.ts'
import { newSentCode, SENT_CODE_LIFETIME_MS, sentCodeDigest } from './sent-code.ts'

/**
 * Sends a new code to a method's phone number and voids the previous code. The message names the site's host and
 * nothing that a tenant chose, because the number may be a stranger's.
 * @throws {Problem} two-factor-authentication-code-already-sent within a minute; model-save-error if the country is
 *   not served or the daily limit is reached
 */
export async function sendCode(
  ctx: Ctx,
  region: Region,
  { factor, site, language }: { factor: SecondFactorRow; site: Site; language: Language },
): Promise<void> {
  const { phoneNumber } = factor
  if (phoneNumber === null) throw refused('phone-number-malformed')
  await checkTextable(ctx, phoneNumber)
  const now = ctx.clock()
  const code = newSentCode()
  const outbox = ctx.in(region).outbox
  const { host } = new URL(siteOrigin(site, ctx.globalOrigin))
  const text = fill(messagesFor(language).textMessages.code, { code, host })
  const task = await outbox.prepare('text-message', { to: phoneNumber, text }, now)
  const outcome = await ctx.in(region).sentTexts.send({
    sent: { id: newId(region.code), siteId: factor.siteId, phoneNumber, sentAt: now },
    factor,
    codeDigest: await sentCodeDigest(ctx.nameDigestKey, factor, code),
    codeExpiresAt: now + SENT_CODE_LIFETIME_MS,
    aDayFromSite: ctx.textRules?.aDayFromSite ?? 0,
    insertion: (condition) => outbox.insertion(task, condition),
  })
  if (outcome === 'too-soon')
    throw new Problem('processing-failure/two-factor-authentication-code-already-sent')
  if (outcome === 'too-many') throw refused('too-many-texts')
  ctx.workAfterReply([{ outbox, task }])
}

/** @throws {Problem} model-save-error if no text messages are sent to the number */
export async function checkTextable(
  { textRules }: Ctx,
  phoneNumber: string | undefined,
): Promise<string> {
  if (!textRules) throw refused('texts-are-off')
  const parsed = phoneNumber === undefined ? null : await readPhoneNumber(phoneNumber)
  if (!parsed) throw refused('phone-number-malformed')
  const { countries } = textRules
  if (countries && (parsed.country === null || !countries.includes(parsed.country)))
    throw refused('phone-number-of-other-country')
  return parsed.number
}

function refused(error: ModelError): Problem {
  return notSaved({ phone_number: [error] })
}
