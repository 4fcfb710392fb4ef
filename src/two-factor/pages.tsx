import * as z from 'zod'
import { clearableText, integer, text } from '../http/check-parameters.ts'
import type { Language } from '../http/languages.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { isReply, type Reply, route } from '../http/route.ts'
import { sessionPurpose } from '../login/methods/reauthenticate.ts'
import { factorUser, type SessionCaller } from '../sessions/access.ts'
import { limitsOf } from '../sessions/session.ts'
import { logInAgainUrl } from '../ui/return-to.ts'
import { accepts } from '../users/accepted-proofs.ts'
import type { AskedProof } from './confirm-button.tsx'
import {
  AppSetUpPage,
  FactorPage,
  KeySetUpPage,
  PhoneSetUpPage,
  RecoveryCodesPage,
} from './factor-page.tsx'
import { viewFactor } from './factor-view.ts'
import {
  beginFactor,
  completeFactor,
  type FactorNeeds,
  findFactor,
  hasSetupExpired,
  removeFactor,
  renewRecoveryCodes,
} from './manage-factors.ts'
import { factorTextsIn } from './page-texts.ts'
import { proofAskedOf, provingBy } from './prove-again.ts'
import { partyAt, relyingPartiesOf } from './relying-party.ts'
import { allowedMethods, isSecurityKey, type SecondFactorRow } from './second-factor.ts'
import { signRequestFor } from './second-step.ts'

type Needs = FactorNeeds

const locale = text(35).optional()
const proof = clearableText(16_384).optional()
const page = {
  base: false,
  mediaType: 'text/html',
  access: factorUser,
  returnTo: '/account/2fa',
  problems: [],
} as const
const replies = {
  200: { description: 'The page', body: z.string() },
  303: { description: 'Done, and on to the page; or to the log in page' },
  401: { description: 'The page, and why the code was refused', body: z.string() },
  403: { description: 'The page, and why it was not done', body: z.string() },
  422: { description: 'The page, and what is wrong', body: z.string() },
  429: { description: 'The page, and when to try again', body: z.string() },
}

interface Viewer {
  caller: SessionCaller
  language: Language
  request: RequestFacts
}

const show = route<Needs>()(
  {
    ...page,
    method: 'GET',
    path: '/account/2fa',
    summary: 'The page of the user’s second factors',
    parameters: z.object({ locale }),
    replies,
  },
  ({ services, caller, language, request }) => factorPage(services, { caller, language, request }),
)

const setUp = route<Needs>()(
  {
    ...page,
    method: 'GET',
    path: '/account/2fa/set_up',
    summary: 'The page that sets a factor up: the same until it is complete, or too old',
    parameters: z.object({
      id: integer(),
      wrong: z.boolean().optional().describe('The code that was sent last was wrong'),
      locale,
    }),
    replies,
  },
  ({ parameters: { id, wrong }, services, ...viewer }) =>
    doing(services, viewer, async () => {
      const { caller } = viewer
      const factor = await services.secondFactorsIn(caller.region).find(id, caller.live.user.id)
      if (!factor || factor.completedAt !== null) return null
      return setUpPage(services, viewer, factor, wrong ? wrongCode() : undefined)
    }),
)

const addApp = route<Needs>()(
  {
    ...page,
    method: 'POST',
    path: '/account/2fa/app',
    summary: 'Its button that sets up an authenticator app',
    parameters: z.object({ proof, locale }),
    limit: 'log-in',
    replies,
  },
  ({ parameters, services, ...viewer }) =>
    doing(services, viewer, async () => {
      const acting = actingOf(services, viewer, parameters.proof)
      const name = factorTextsIn(viewer.language).totp
      const asked = { method: 'totp', name, phoneNumber: undefined } as const
      return setUpAt(viewer, await beginFactor(services, acting, asked))
    }),
)

const addPhone = route<Needs>()(
  {
    ...page,
    method: 'POST',
    path: '/account/2fa/phone',
    summary: 'Its form that sets up a phone',
    parameters: z.object({ phone_number: clearableText(64), proof, locale }),
    limit: 'log-in',
    replies,
  },
  ({ parameters: { phone_number: phoneNumber, proof }, services, ...viewer }) =>
    doing(services, viewer, async () => {
      const acting = actingOf(services, viewer, proof)
      const name = factorTextsIn(viewer.language).sms
      const asked = { method: 'sms', name, phoneNumber } as const
      return setUpAt(viewer, await beginFactor(services, acting, asked))
    }),
)

const addKey = route<Needs>()(
  {
    ...page,
    method: 'POST',
    path: '/account/2fa/key',
    summary: 'Its button that registers a security key',
    parameters: z.object({ proof, locale }),
    limit: 'log-in',
    replies,
  },
  ({ parameters, services, ...viewer }) =>
    doing(services, viewer, async () => {
      const parties = relyingPartiesOf(viewer.caller.live, services.globalOrigin)
      if (!partyAt(parties, viewer.request.hostname))
        return leadingOn(`${parties[0].origin}/account/2fa`)
      const acting = actingOf(services, viewer, parameters.proof)
      const name = factorTextsIn(viewer.language).webauthn
      const asked = { method: 'webauthn', name, phoneNumber: undefined } as const
      return setUpAt(viewer, await beginFactor(services, acting, asked))
    }),
)

const addYubikey = route<Needs>()(
  {
    ...page,
    method: 'POST',
    path: '/account/2fa/yubikey',
    summary: 'Its form that adds a Yubikey, by its first password',
    parameters: z.object({ otp: clearableText(1_024), proof, locale }),
    limit: 'log-in',
    replies,
  },
  ({ parameters: { otp, proof }, services, ...viewer }) =>
    doing(services, viewer, async () => {
      const acting = actingOf(services, viewer, proof)
      const name = factorTextsIn(viewer.language).yubi
      const asked = { method: 'yubi', name, phoneNumber: undefined } as const
      const factor = await beginFactor(services, acting, asked)
      return completed(services, viewer, { factor, otp })
    }),
)

const finish = route<Needs>()(
  {
    ...page,
    method: 'POST',
    path: '/account/2fa/finish',
    summary: 'The form for the first code of a factor',
    parameters: z.object({ id: integer(), otp: clearableText(16_384), locale }),
    shown: ['id'],
    limit: 'log-in',
    replies,
  },
  ({ parameters: { id, otp }, services, ...viewer }) =>
    doing(services, viewer, async () => {
      const factor = await findFactor(services, viewer.caller, id)
      try {
        return await completed(services, viewer, { factor, otp })
      } catch (problem) {
        if (!isWrongCode(problem)) throw problem
        return setUpAt(viewer, factor, '&wrong=true')
      }
    }),
)

const remove = route<Needs>()(
  {
    ...page,
    method: 'POST',
    path: '/account/2fa/remove',
    summary: 'Its button that removes a factor',
    parameters: z.object({ id: integer(), proof, locale }),
    shown: ['id'],
    limit: 'log-in',
    replies,
  },
  ({ parameters: { id, proof }, services, ...viewer }) =>
    doing(services, viewer, async () => {
      const acting = actingOf(services, viewer, proof)
      const factor = await findFactor(services, viewer.caller, id)
      await removeFactor(services, acting, factor)
      return null
    }),
)

const renew = route<Needs>()(
  {
    ...page,
    method: 'POST',
    path: '/account/2fa/recovery_codes',
    summary: 'Its button that makes new recovery codes',
    parameters: z.object({ proof, locale }),
    limit: 'log-in',
    replies,
  },
  ({ parameters, services, ...viewer }) =>
    doing(services, viewer, async () => {
      const acting = actingOf(services, viewer, parameters.proof)
      const codes = await renewRecoveryCodes(services, acting)
      return <RecoveryCodesPage language={viewer.language} codes={codes} isSetUp={false} />
    }),
)

/** Completes a factor; the first one brings recovery codes to be shown. */
async function completed(
  needs: Needs,
  viewer: Viewer,
  given: { factor: SecondFactorRow; otp: string },
) {
  const { caller, request, language } = viewer
  const acting = { ...caller, request, language }
  const { session } = caller.live
  const { recoveryCodes: codes } = await completeFactor(needs, acting, { ...given, session })
  return codes && <RecoveryCodesPage language={viewer.language} codes={codes} isSetUp />
}

/** Leads on to where a factor is set up: a reload there sends nothing, and makes no other secret. */
function setUpAt({ language }: Viewer, { id }: SecondFactorRow, more = ''): Reply {
  const place = `/account/2fa/set_up?id=${id}&locale=${language}${more}`
  return { status: 303, headers: { Location: place } }
}

/** Keys are bound to the site's own host: elsewhere none can be registered. */
function leadingOn(url: string): Reply {
  return { status: 303, headers: { Location: url } }
}

/** Does what a form asks. With nothing to show for it, a reload must not do it again: the reply leads on. */
async function doing(needs: Needs, viewer: Viewer, work: () => Promise<unknown>): Promise<Reply> {
  try {
    const shown = await work()
    if (isReply(shown)) return shown
    if (shown === null)
      return { status: 303, headers: { Location: `/account/2fa?locale=${viewer.language}` } }
    return { status: 200, body: shown }
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.status >= 500) throw problem
    const reply = await factorPage(needs, viewer, problem)
    if (reply.status === 303) return reply
    return { ...reply, status: problem.status === 404 ? 422 : (problem.status as 401) }
  }
}

async function factorPage(needs: Needs, viewer: Viewer, problem?: Problem): Promise<Reply> {
  const { caller, language, request } = viewer
  const { live, region } = caller
  const asked = proofAskedOf(needs, caller)
  if (asked === 'password' && !accepts(live.user, 'password'))
    return { status: 303, headers: { Location: logInAgainUrl('/account/2fa') } }
  const all = await needs.secondFactorsIn(region).ofUser(live.user.id)
  const factors = all.filter(({ completedAt }) => completedAt !== null)
  const isOff = { sms: needs.textRules === null, yubi: needs.yubico === null }
  const allowed = allowedMethods(live).filter(
    (method) => !(method in isOff && isOff[method as 'sms']),
  )
  const shown = {
    factors,
    allowed,
    proof: asked === 'code' ? await codeOrKey(needs, viewer, factors) : asked && { by: asked },
    isDue: limitsOf(live, needs.clock()).includes('two-factor-setup'),
    timeZone: live.user.timeZone,
    keyHosts: relyingPartiesOf(live, needs.globalOrigin).map(({ rpId }) => rpId),
    hostname: request.hostname,
    problem,
  }
  return { status: 200, body: <FactorPage language={language} {...shown} /> }
}

/** A code, or what a key signs that can be used at this host. */
async function codeOrKey(
  needs: Needs,
  { caller: { live }, request: { hostname } }: Viewer,
  factors: SecondFactorRow[],
): Promise<AskedProof> {
  const challenge = { purpose: sessionPurpose(live.user) }
  const toSign = await signRequestFor(needs, live, { factors, challenge, hostname })
  const options = toSign?.webauthn_authentication_options
  const isOfSite = partyAt(relyingPartiesOf(live, needs.globalOrigin), hostname) !== null
  const key = options && isOfSite ? { options, isOnlyFactor: factors.every(isSecurityKey) } : null
  return { by: 'code', key }
}

async function setUpPage(
  needs: Needs,
  { caller, language }: Viewer,
  factor: SecondFactorRow,
  problem?: Problem,
) {
  if (hasSetupExpired(factor, needs.clock()))
    throw new Problem('not-authenticated/two-factor-authentication-setup-expired')
  if (factor.method === 'sms') return <PhoneSetUpPage {...{ language, factor, problem }} />
  const others = await needs.secondFactorsIn(caller.region).ofUser(factor.userId)
  const view = await viewFactor(needs, caller.live, { factor, others })
  const { totp_provisioning_uri: uri, webauthn_registration_options: options } = view
  if (options) return <KeySetUpPage {...{ language, factor, problem, options }} />
  // A site may have given up the host that a key was to be made for.
  if (uri === null) throw new Problem('not-authenticated/two-factor-authentication-setup-expired')
  return <AppSetUpPage {...{ language, factor, problem, uri }} />
}

function wrongCode(): Problem {
  return new Problem('not-authenticated/one-time-password-incorrect')
}

function isWrongCode(error: unknown): error is Problem {
  return error instanceof Problem && error.type === 'not-authenticated/one-time-password-incorrect'
}

/** The user, with what was typed to prove who they are. */
function actingOf(needs: Needs, viewer: Viewer, proof: string | undefined) {
  const { caller, request, language } = viewer
  return { ...provingBy(needs, caller, proof), request, language }
}

export const secondFactorPages = [
  ...[show, setUp, addApp, addPhone, addKey, addYubikey, finish, remove, renew],
]
