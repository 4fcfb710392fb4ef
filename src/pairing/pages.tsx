import * as z from 'zod'
import { RECENT_FOR_APP_MS } from '../actors/access-change.ts'
import { withoutBidiControls } from '../platform/bidi.ts'
import { clearableText, text } from '../platform/check-parameters.ts'
import type { Language } from '../platform/languages.ts'
import { Problem } from '../platform/problem.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import { anyone, type Reply, route } from '../platform/route.ts'
import { managingUser, type UserCaller } from '../sessions/access.ts'
import { logInAgainUrl } from '../ui/return-to.ts'
import { accepts } from '../users/accepted-proofs.ts'
import { pageTextsIn } from './page-texts.ts'
import { approvePairing, denyPairing, isElsewhere, type PairingNeeds, pollerOf } from './pair.ts'
import {
  noPairingCookie,
  type PairingWish,
  pairingCookie,
  readPairingCookie,
} from './pairing-cookie.ts'
import { ApprovalPage, OutcomePage } from './pairing-page.tsx'

const locale = text(35).optional()
const page = {
  base: false,
  mediaType: 'text/html',
  access: managingUser,
  returnTo: '/pairing',
  problems: [],
} as const
const replies = {
  200: { description: 'The page', body: z.string() },
  303: { description: 'To the log in page, for who is not logged in' },
  403: { description: 'The page, and why it was not done', body: z.string() },
  429: { description: 'The page, and when to try again', body: z.string() },
}

const begin = route<PairingNeeds>()(
  {
    base: false,
    mediaType: 'text/html',
    access: anyone,
    method: 'GET',
    path: '/login_from_desktop',
    summary: 'Where a desktop app sends its user: takes the key out of the address',
    parameters: z.object({
      pairing_key: text(256).optional(),
      platform: text(256).optional(),
      computer: text(256).optional(),
      username: text(256).optional(),
      locale,
    }),
    secretInAddress: true,
    replies: { 303: { description: 'On to the page that asks' } },
    problems: [],
  },
  async ({ parameters, services, language }) => {
    const { pairing_key: pairingKey = '', platform = '', computer = '' } = parameters
    const wish = {
      pairingKey,
      platform: withoutBidiControls(platform),
      computer: withoutBidiControls(computer),
    }
    return {
      status: 303,
      headers: { Location: `/pairing?locale=${language}` },
      cookies: [await pairingCookie(services.sealer, wish, services.clock())],
    }
  },
)

const ask = route<PairingNeeds>()(
  {
    ...page,
    method: 'GET',
    path: '/pairing',
    summary: 'The page that asks whether an app may be paired',
    returnTo: 'here',
    parameters: z.object({ locale }),
    replies,
  },
  async ({ services, caller, request, language }) => {
    const wish = await readPairingCookie(services.sealer, request, services.clock())
    if (wish && !accepts(caller.live.user, 'password') && !isFresh(services, caller))
      return { status: 303, headers: { Location: logInAgainUrl('/pairing') } }
    return wish
      ? approvalPage(services, { caller, request, language, wish })
      : outcome(language, 'none')
  },
)

const approve = route<PairingNeeds>()(
  {
    ...page,
    method: 'POST',
    path: '/pairing/approve',
    summary: 'Its button that pairs the app',
    parameters: z.object({
      password: clearableText(1_024).optional(),
      sure: z.boolean().optional(),
      locale,
    }),
    limit: 'log-in',
    replies,
  },
  async ({ parameters, services, caller, request, language }) => {
    const wish = await readPairingCookie(services.sealer, request, services.clock())
    if (!wish) return outcome(language, 'none')
    const viewer = { caller, request, language, wish }
    try {
      const { password } = parameters
      if (!password && !isFresh(services, caller))
        throw new Problem('not-authorized/reauthentication-failed')
      const poller = await pollerOf(services, wish.pairingKey)
      if (isElsewhere(poller, request) && !parameters.sure) return approvalPage(services, viewer)
      const actor = password ? caller.proving({ password }) : caller
      await approvePairing(services, actor, { ...wish, request })
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem
      if (problem.status === 404) return outcome(language, 'none')
      if (problem.status !== 403 && problem.status !== 429) throw problem
      return { ...(await approvalPage(services, viewer, problem)), status: problem.status }
    }
    return outcome(language, 'approved')
  },
)

const deny = route<PairingNeeds>()(
  {
    ...page,
    method: 'POST',
    path: '/pairing/deny',
    summary: 'Its button that refuses the app',
    parameters: z.object({ locale }),
    replies,
  },
  async ({ services, request, language }) => {
    const wish = await readPairingCookie(services.sealer, request, services.clock())
    if (wish) await denyPairing(services, wish.pairingKey)
    return outcome(language, 'denied')
  },
)

interface Viewer {
  caller: UserCaller
  request: RequestFacts
  language: Language
  wish: PairingWish
}

async function approvalPage(
  needs: PairingNeeds,
  { caller, request, language, wish }: Viewer,
  problem?: Problem,
): Promise<Reply> {
  const poller = await pollerOf(needs, wish.pairingKey).catch(unlessNotFound)
  if (poller === undefined) return outcome(language, 'none')
  const view = (
    <ApprovalPage
      {...{ language, wish, poller, problem }}
      username={caller.live.user.username}
      siteName={caller.live.site.name}
      isElsewhere={isElsewhere(poller, request)}
      asksPassword={!isFresh(needs, caller)}
    />
  )
  return { status: 200, body: view }
}

function isFresh({ clock }: PairingNeeds, caller: UserCaller): boolean {
  return (
    caller.by === 'session' && clock() - caller.live.session.authenticatedAt < RECENT_FOR_APP_MS
  )
}

/** The end, whatever it is: the wish is done with. */
function outcome(language: Language, which: 'approved' | 'denied' | 'none'): Reply {
  const t = pageTextsIn(language)
  const view = <OutcomePage language={language} title={t[`${which}Title`]} text={t[which]} />
  return { status: 200, cookies: [noPairingCookie], body: view }
}

function unlessNotFound(error: unknown): undefined {
  if (!(error instanceof Problem) || error.status !== 404) throw error
  return undefined
}

export const pairingPages = [begin, ask, approve, deny]
