import * as z from 'zod'
import { operator } from '../access/operator-access.ts'
import { Authority } from '../audit/authority.ts'
import { authorOf, eventByOperator } from '../audit/event-by.ts'
import { text } from '../http/check-parameters.ts'
import { Problem } from '../http/problem.ts'
import { route } from '../http/route.ts'
import { countersOf } from '../login/failure-counter.ts'
import { hashGiven, importedHash } from '../passwords/given-password.ts'
import { newPasswordParameter } from '../passwords/new-password-parameter.ts'
import type { Region } from '../storage/region.ts'
import {
  pageParameters,
  readPosition,
  readRegionalPage,
  requestedRegions,
} from '../storage/region-pages.ts'
import type { Account } from './account.ts'
import { createUser } from './create-user.ts'
import { findSite, findUser } from './find-by-name.ts'
import { expectAddress, sendWelcome } from './send-welcome.ts'
import { userObject, viewUser } from './user-view.ts'

const username = text(256)
const site = text(63).describe('The subdomain of a site')
const regionalUser = z
  .object({ region: z.string(), site: z.string(), ...userObject.shape })
  .meta({ id: 'OperatorUser' })

const create = route(
  {
    method: 'POST',
    path: '/operator/v1/users',
    base: false,
    summary: 'Create a user of a site',
    access: operator,
    parameters: z.object({
      username,
      site,
      password: newPasswordParameter
        .optional()
        .describe(
          'By the rules of the site. A user who manages itself must choose another at the first log in',
        ),
      imported_password_hash: importedHash.optional(),
      password_set_at: z.iso.datetime({ offset: true }).optional().describe('Now, unless given'),
      email: text(254).optional(),
      email_verified: z
        .boolean()
        .optional()
        .describe('The address is known to be the user’s, who may log in by it'),
      site_admin: z.boolean().optional(),
      self_managed: z
        .boolean()
        .optional()
        .describe('False for a user whom several people or a machine share'),
      disabled: z.boolean().optional(),
      language: text(35).optional().describe('Of mails to the user: en, es, de or fr'),
      welcome: z
        .boolean()
        .optional()
        .describe(
          'Whether a user with a password is greeted by mail; unless given, as the site says, and never with an imported hash',
        ),
      region: text(64).optional().describe('Where the site must be, if given'),
    }),
    replies: { 201: { description: 'The user', body: regionalUser } },
    problems: ['not-found/site-not-found', 'processing-failure/model-save-error'],
  },
  async ({ parameters, ctx, request, language }) => {
    const { region, site } = await findSite(ctx, parameters.site)
    if (!requestedRegions(ctx.regions, parameters.region).includes(region))
      throw new Problem('not-found/site-not-found', { reason: 'the site is in another region' })
    const { username, email = null, self_managed: selfManaged = true } = parameters
    const passwordHash = await hashGiven(ctx, parameters, { site, username, email })
    const isInvited = passwordHash === null
    const isImported = parameters.imported_password_hash !== undefined
    const greets = parameters.welcome ?? (site.welcomeEmailEnabled && !isImported)
    const isGreeted = isInvited || (greets && email !== null)
    if (isGreeted) expectAddress(email)
    await createUser(ctx, region, {
      by: authorOf('operator', Authority.operator, request),
      siteId: site.id,
      username,
      email,
      emailIsVerified: parameters.email_verified ?? false,
      siteAdmin: parameters.site_admin ?? false,
      selfManaged,
      disabled: parameters.disabled ?? false,
      language: parameters.language ?? null,
      passwordHash,
      passwordSetAt: isInvited ? null : (instantOf(parameters.password_set_at) ?? ctx.clock()),
      requirePasswordChange: selfManaged && parameters.password !== undefined,
    })
    const created = await findUser(ctx, parameters.username)
    if (isGreeted) await sendWelcome(ctx, created, { language, budget: 'none' })
    return { status: 201, body: view(created, ctx.clock()) }
  },
)

const list = route(
  {
    method: 'GET',
    path: '/operator/v1/users',
    base: false,
    summary: 'List the users of one site, one region or all',
    access: operator,
    parameters: z.object({ site: site.optional(), ...pageParameters }),
    replies: {
      200: { description: 'The users', body: z.array(regionalUser).meta({ id: 'OperatorUsers' }) },
    },
    problems: ['not-found/site-not-found'],
  },
  async ({ parameters, ctx }) => {
    const asked = requestedRegions(ctx.regions, parameters.region)
    const home = parameters.site === undefined ? null : await findSite(ctx, parameters.site)
    const regions = home ? asked.filter((region) => region === home.region) : asked
    const { rows, headers } = await readRegionalPage(regions, parameters, {
      read: (region, after, limit) => {
        const [afterId = 0] = readPosition(after)
        return ctx.in(region).users.list({ siteId: home?.site.id ?? null, afterId, limit })
      },
      placeOf: ({ user }) => String(user.id),
    })
    const body = rows.map(({ region, row }) => view({ region, account: row }, ctx.clock()))
    return { status: 200, headers, body }
  },
)

const show = route(
  {
    method: 'GET',
    path: '/operator/v1/users/:username',
    base: false,
    summary: 'Show a user',
    access: operator,
    parameters: z.object({ username }),
    replies: { 200: { description: 'The user', body: regionalUser } },
    problems: ['not-found/user-not-found'],
  },
  async ({ parameters, ctx }) => ({
    status: 200,
    body: view(await findUser(ctx, parameters.username), ctx.clock()),
  }),
)

const disable = route(
  {
    method: 'POST',
    path: '/operator/v1/users/:username/disable',
    base: false,
    summary: 'Disable a user; every session of the user ends',
    access: operator,
    parameters: z.object({ username }),
    replies: { 204: { description: 'The user is disabled' } },
    problems: ['not-found/user-not-found'],
  },
  async ({ parameters, ctx, request }) => {
    const { region, account } = await findUser(ctx, parameters.username)
    const changes = { disabled: [account.user.disabled, true] as [boolean, boolean] }
    const event = eventByOperator({ region, account }, request, {
      event: 'user_changed',
      at: ctx.clock(),
      changes,
    })
    await ctx.in(region).credentials.disable(account.user.id, event)
    return { status: 204 }
  },
)

const enable = route(
  {
    method: 'POST',
    path: '/operator/v1/users/:username/enable',
    base: false,
    summary: 'Enable a user who was disabled; no session comes back',
    access: operator,
    parameters: z.object({ username }),
    replies: { 204: { description: 'The user is enabled' } },
    problems: ['not-found/user-not-found'],
  },
  async ({ parameters, ctx, request }) => {
    const { region, account } = await findUser(ctx, parameters.username)
    const changes = { disabled: [account.user.disabled, false] as [boolean, boolean] }
    const event = eventByOperator({ region, account }, request, {
      event: 'user_changed',
      at: ctx.clock(),
      changes,
    })
    await ctx.in(region).credentials.enable(account.user.id, event)
    return { status: 204 }
  },
)

const unlock = route(
  {
    method: 'POST',
    path: '/operator/v1/users/:username/unlock',
    base: false,
    summary: 'Let a user log in again who is locked out after failures',
    access: operator,
    parameters: z.object({ username }),
    replies: { 204: { description: 'The user is not locked out' } },
    problems: ['not-found/user-not-found'],
  },
  async ({ parameters, ctx, request }) => {
    const { region, account } = await findUser(ctx, parameters.username)
    const counters = await countersOf(ctx.nameDigestKey, account.user)
    const event = eventByOperator({ region, account }, request, {
      event: 'user_unlocked',
      at: ctx.clock(),
    })
    await ctx.in(region).logins.unlock(counters, event)
    return { status: 204 }
  },
)

function instantOf(datetime: string | undefined): number | null {
  return datetime === undefined ? null : Date.parse(datetime)
}

function view(
  { region, account }: { region: Region; account: Account },
  now: number,
): z.infer<typeof regionalUser> {
  return { region: region.name, site: account.site.subdomain, ...viewUser(account, now) }
}

export const operatorUserRoutes = [create, list, show, disable, enable, unlock]
