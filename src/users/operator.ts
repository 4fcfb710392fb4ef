import * as z from 'zod'
import { Authority, authorOf, eventByOperator } from '../audit/credential-event.ts'
import { integer, text } from '../http/check-parameters.ts'
import { operatorRoute } from '../http/operator-route.ts'
import { Problem } from '../http/problem.ts'
import { apiObject, listReply } from '../http/route.ts'
import { countersOf } from '../login/failure-counter.ts'
import { hashGiven, importedHash, newPasswordParameter } from '../passwords/new-password.ts'
import { pageParameters, requestedRegions } from '../storage/list-pages.ts'
import { createUser } from './create-user.ts'
import { type FoundUser, findSite, findUser } from './find-by-name.ts'
import { rekeyFindings, rekeyUsers } from './rekey-users.ts'
import { expectAddress, sendWelcome } from './send-welcome.ts'
import { userAction } from './user-action.ts'
import { userObject, viewUser } from './user-view.ts'
import { usersOfRegions } from './users-of-regions.ts'

const username = text(256)
const site = text(63).describe('The subdomain of a site')
const regionalUser = apiObject('OperatorUser', {
  region: z.string(),
  site: z.string(),
  ...userObject.shape,
})

const create = operatorRoute(
  {
    endpoint: 'POST /users',
    summary: 'Create a user of a site',
    parameters: z.object({
      username,
      site,
      password: newPasswordParameter
        .optional()
        .describe(
          'Must follow the site’s rules. Unless the account is shared, the user must choose another at the first login',
        ),
      imported_password_hash: importedHash.optional(),
      password_set_at: z.iso.datetime({ offset: true }).optional().describe('Default: now'),
      email: text(254).optional(),
      email_verified: z
        .boolean()
        .optional()
        .describe('Whether the email address is verified, so that the user can log in with it'),
      site_admin: z.boolean().optional(),
      self_managed: z
        .boolean()
        .optional()
        .describe('False for an account that several people or a program share'),
      disabled: z.boolean().optional(),
      language: text(35).optional().describe('The language of emails: en, es, de or fr'),
      welcome: z
        .boolean()
        .optional()
        .describe(
          'Whether a user with a password gets a welcome email. Default: the site’s setting, and false with an imported hash',
        ),
      region: text(64).optional().describe('If given, the site must be in this region'),
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

const list = operatorRoute(
  {
    endpoint: 'GET /users',
    summary: 'List the users of one site, one region or all',
    parameters: z.object({ site: site.optional(), ...pageParameters }),
    replies: { 200: listReply('The users', regionalUser, 'OperatorUsers') },
    problems: ['not-found/site-not-found'],
  },
  async ({ parameters, ctx }) => {
    const requested = requestedRegions(ctx.regions, parameters.region)
    const home = parameters.site === undefined ? null : await findSite(ctx, parameters.site)
    const regions = home ? requested.filter((region) => region === home.region) : requested
    const { rows, headers } = await usersOfRegions(ctx, regions, parameters, home?.site.id)
    const body = rows.map(({ region, row }) => view({ region, account: row }, ctx.clock()))
    return { status: 200, headers, body }
  },
)

/** A user may need three round trips, and a request has 1,000. */
const MOST_AT_ONCE = 200

const rekeyed = apiObject('UsersRekeyed', {
  checked: z.int(),
  findings: z
    .array(
      z.object({
        region: z.string(),
        site: z.string(),
        username: z.string(),
        finding: z.enum(rekeyFindings),
        other: z.string().nullable().describe('The user whose name looks similar'),
      }),
    )
    .describe('What an operator has to decide. These users log in as before'),
})

const rekey = operatorRoute(
  {
    endpoint: 'POST /users/rekey',
    summary: 'Give a page of users the current keys for comparing names and addresses',
    parameters: z.object({
      ...pageParameters,
      per_page: integer().min(1).max(MOST_AT_ONCE).optional().describe('Default: 100'),
    }),
    replies: {
      200: {
        description: 'The findings. X-Files-Cursor is sent while there are more users',
        body: rekeyed,
      },
    },
  },
  async ({ parameters, ctx }) => {
    const regions = requestedRegions(ctx.regions, parameters.region)
    const { rows, headers } = await usersOfRegions(ctx, regions, parameters)
    const findings = []
    for (const [region, page] of Map.groupBy(rows, ({ region }) => region)) {
      const accounts = page.map(({ row }) => row)
      for (const { account, finding, other } of await rekeyUsers(ctx, region, accounts))
        findings.push({
          region: region.name,
          site: account.site.subdomain,
          username: account.user.username,
          finding,
          other,
        })
    }
    return { status: 200, headers, body: { checked: rows.length, findings } }
  },
)

const show = operatorRoute(
  {
    endpoint: 'GET /users/:username',
    summary: 'Show a user',
    parameters: z.object({ username }),
    replies: { 200: { description: 'The user', body: regionalUser } },
    problems: ['not-found/user-not-found'],
  },
  async ({ parameters, ctx }) => ({
    status: 200,
    body: view(await findUser(ctx, parameters.username), ctx.clock()),
  }),
)

function setDisabled(disabled: boolean, about: Parameters<typeof userAction>[0]) {
  return userAction(about, async (found, { ctx, request }) => {
    const { user } = found.account
    const event = eventByOperator(found, request, {
      event: 'user_changed',
      at: ctx.clock(),
      changes: { disabled: [user.disabled, disabled] },
    })
    const { userChanges } = ctx.in(found.region)
    await (disabled ? userChanges.disable(user.id, event) : userChanges.enable(user.id, event))
  })
}

const disable = setDisabled(true, {
  action: 'disable',
  summary: 'Disable a user and revoke their sessions',
  done: 'The user was disabled',
})

const enable = setDisabled(false, {
  action: 'enable',
  summary: 'Enable a disabled user. Their sessions stay revoked',
  done: 'The user was enabled',
})

const unlock = userAction(
  {
    action: 'unlock',
    summary: 'Unlock a user after failed attempts',
    done: 'The user is not locked out',
  },
  async ({ region, account }, { ctx, request }) => {
    const counters = await countersOf(ctx.nameDigestKey, account.user)
    const event = eventByOperator({ region, account }, request, {
      event: 'user_unlocked',
      at: ctx.clock(),
    })
    await ctx.in(region).refusals.unlock(counters, event)
  },
)

const welcome = userAction(
  {
    action: 'welcome',
    summary: 'Send a user the welcome email, with a link to choose a password if they have none',
    done: 'The email is on its way',
    problems: ['processing-failure/model-save-error', 'rate-limited/too-many-requests'],
  },
  (found, { ctx, language }) => sendWelcome(ctx, found, { language, budget: 'none' }),
)

function instantOf(datetime: string | undefined): number | null {
  return datetime === undefined ? null : Date.parse(datetime)
}

function view({ region, account }: FoundUser, now: number): z.infer<typeof regionalUser> {
  return { region: region.name, site: account.site.subdomain, ...viewUser(account, now) }
}

export const operatorUserRoutes = [rekey, create, list, show, disable, enable, unlock, welcome]
