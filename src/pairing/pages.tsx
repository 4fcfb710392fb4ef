import * as z from 'zod'
import { RECENT_FOR_APP_MS } from '../access/access-change.ts'
import type { Ctx } from '../context.ts'
import { withoutBidiControls } from '../http/bidi.ts'
import { clearableText, text } from '../http/check-parameters.ts'
import type { Language } from '../http/languages.ts'
import { type Viewer as PageViewer, page } from '../http/page-route.ts'
import { Problem } from '../http/problem.ts'
import { anyone, type Reply, seeOther } from '../http/route.ts'
import { accepts } from '../login/policy.ts'
import { messagesFor } from '../messages/messages.ts'
import { managingUser, type UserCaller } from '../sessions/access.ts'
import { logInAgainUrl } from '../ui/return-to.ts'
import { approvePairing, denyPairing, isElsewhere, pairingState, unseen } from './pair.ts'
import { type Pairing, pairingCookie } from './pairing-cookie.ts'
import { ApprovalPage, ApprovedPage, OutcomePage } from './pairing-page.tsx'
import { networkNamed } from './poller.ts'

const door = {
  access: managingUser,
  returnTo: '/pairing',
  replies: {
    200: 'The page',
    303: 'Redirects to the login page if nobody is logged in',
    403: 'The page with the reason for the refusal',
    429: 'The page with when to try again',
  },
} as const

const begin = page(
  {
    access: anyone,
    endpoint: 'GET /login_from_desktop',
    summary: 'Where a desktop app sends its user. Takes the key out of the URL',
    parameters: {
      pairing_key: text(256).optional(),
      platform: text(256).optional(),
      computer: text(256).optional(),
      username: text(256).optional(),
    },
    secretInAddress: true,
    replies: { 303: 'Redirects to the approval page' },
  },
  async ({ parameters, ctx, language }) => {
    const { pairing_key: pairingKey = '', platform = '', computer = '' } = parameters
    const pairing = {
      pairingKey,
      platform: withoutBidiControls(platform),
      computer: withoutBidiControls(computer),
    }
    return seeOther(`/pairing?locale=${language}`, [await pairingCookie.set(ctx, pairing)])
  },
)

/** The sealed parameters of the page's form. */
const shownParameters = {
  pairing_key: text(256),
  platform: clearableText(256),
  computer: clearableText(256),
  networks: clearableText(512),
}
const shown = ['pairing_key', 'platform', 'computer', 'networks'] as const

const ask = page(
  {
    ...door,
    endpoint: 'GET /pairing',
    summary: 'The approval page of a desktop app',
    returnTo: 'here',
  },
  async ({ ctx, ...reader }) => {
    const { caller, request, language } = reader
    const pairing = await pairingCookie.read(ctx, request)
    if (!pairing) return outcome(language, 'none')
    if (!accepts(caller.live.user, 'password') && !isFresh(ctx, caller))
      return seeOther(logInAgainUrl('/pairing'))
    return pairingPage(ctx, { ...reader, pairing })
  },
)

const approve = page(
  {
    ...door,
    endpoint: 'POST /pairing/approve',
    summary: 'The button to approve the app',
    parameters: {
      ...shownParameters,
      password: clearableText(1_024).optional(),
      sure: z.boolean().optional(),
    },
    shown,
    limit: 'log-in',
    repeated: ({ parameters }) => approved(parameters),
  },
  async ({ parameters, ctx, ...reader }) => {
    const { caller, request } = reader
    const viewer = { ...reader, pairing: pairingIn(parameters) }
    const networks = parameters.networks.split(' ').filter((network) => network !== '')
    try {
      const { password } = parameters
      if (!password && !isFresh(ctx, caller))
        throw new Problem('not-authorized/reauthentication-failed')
      const own = networkNamed(request.address)
      const isHere = networks.length > 0 && networks.every((network) => network === own)
      const actor = password ? caller.proving({ password }) : caller
      if (isHere || parameters.sure) {
        await approvePairing(ctx, actor, { ...viewer.pairing, networks, request })
        const reply = await pairingPage(ctx, viewer)
        // The app may have its key by now.
        return reply.isRefusal ? approved(parameters) : reply
      }
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem
      if (problem.status === 404) return ended(ctx, viewer, 'none')
      if (problem.status !== 403 && problem.status !== 429) throw problem
      return { ...(await pairingPage(ctx, viewer, problem)), status: problem.status }
    }
    return pairingPage(ctx, viewer)
  },
)

const check = page(
  {
    ...door,
    endpoint: 'POST /pairing/check',
    summary: 'The button to check whether, and from which network, the app has connected',
    parameters: shownParameters,
    shown,
  },
  ({ parameters, ctx, ...reader }) =>
    pairingPage(ctx, { ...reader, pairing: pairingIn(parameters) }),
)

const deny = page(
  {
    ...door,
    endpoint: 'POST /pairing/deny',
    summary: 'The button to deny the app',
    parameters: shownParameters,
    shown,
    repeated: ({ parameters, ctx, request, language }) =>
      ended(ctx, { request, language, pairing: pairingIn(parameters) }, 'denied'),
  },
  async ({ parameters, ctx, ...reader }) => {
    const viewer = { ...reader, pairing: pairingIn(parameters) }
    try {
      await denyPairing(ctx, reader.caller, parameters.pairing_key)
      return ended(ctx, viewer, 'denied')
    } catch (error) {
      unlessNotFound(error)
      return ended(ctx, viewer, 'none')
    }
  },
)

/** The page after an approval that was given before. */
function approved(shown: Parameters<typeof pairingIn>[0] & { networks: string }): Reply {
  const isSeen = shown.networks !== ''
  return { status: 200, body: <ApprovedPage pairing={pairingIn(shown)} isSeen={isSeen} /> }
}

interface Viewer extends PageViewer<UserCaller> {
  pairing: Pairing
}

function pairingIn(shown: { pairing_key: string; platform: string; computer: string }): Pairing {
  const { pairing_key: pairingKey, platform, computer } = shown
  return { pairingKey, platform, computer }
}

/** Asks about the networks that the user has not approved yet, or says that the app gets its key. */
async function pairingPage(ctx: Ctx, viewer: Viewer, problem?: Problem): Promise<Reply> {
  const { caller, request, pairing } = viewer
  const { user, site } = caller.live
  const state = await pairingState(ctx, caller, pairing.pairingKey).catch(unlessNotFound)
  if (state === undefined) return ended(ctx, viewer, 'none')
  const { approved } = state
  const isSeen = approved !== null && approved.length > 0
  const own = networkNamed(request.address)
  // If the site pins apps to one network, no other can be added.
  const pollers = unseen(state).filter(
    ({ address }) => !isSeen || !site.desktopAppSessionIpPinning || networkNamed(address) === own,
  )
  if (approved !== null && pollers.length === 0 && !problem)
    return { status: 200, body: <ApprovedPage pairing={pairing} isSeen={isSeen} /> }
  const view = (
    <ApprovalPage
      pairing={pairing}
      pollers={pollers}
      problem={problem}
      isMore={approved !== null}
      username={user.username}
      siteName={site.name}
      isElsewhere={isElsewhere(pollers, request)}
      asksPassword={!isFresh(ctx, caller)}
    />
  )
  return { status: 200, body: view }
}

function isFresh({ clock }: Ctx, caller: UserCaller): boolean {
  return (
    caller.by === 'session' && clock() - caller.live.session.authenticatedAt < RECENT_FOR_APP_MS
  )
}

function outcome(language: Language, which: 'denied' | 'none'): Reply {
  const t = messagesFor(language).pairing
  const view = <OutcomePage title={t[`${which}Title`]} text={t[which]} />
  return { status: 200, body: view }
}

/** The final page. The browser forgets the request, unless another tab has opened another one. */
async function ended(
  ctx: Ctx,
  { request, language, pairing }: Pick<Viewer, 'request' | 'language' | 'pairing'>,
  which: 'denied' | 'none',
): Promise<Reply> {
  const kept = await pairingCookie.read(ctx, request)
  const cookies = kept?.pairingKey === pairing.pairingKey ? [pairingCookie.forget] : []
  return { ...outcome(language, which), cookies, ...(which === 'none' && { isRefusal: true }) }
}

function unlessNotFound(error: unknown): undefined {
  if (!(error instanceof Problem) || error.status !== 404) throw error
  return undefined
}

export const pairingPages = [begin, ask, approve, check, deny]
