import { and } from 'drizzle-orm'
import * as z from 'zod'
import { nameOf } from '../access/never-by-key.ts'
import type { Ctx } from '../context.ts'
import { integer, refused, text } from '../http/check-parameters.ts'
import { notSaved, Problem, type ProblemType } from '../http/problem.ts'
import { listReply, route } from '../http/route.ts'
import { withoutSpaceAround } from '../http/typed-text.ts'
import { refuseSettled, wholeObject, withoutEchoes } from '../http/whole-objects.ts'
import {
  asDocumentedBySdks,
  importedHash,
  newPasswordParameter,
} from '../passwords/new-password.ts'
import {
  accessChangeProblems,
  accessSaveProblems,
  managingUser,
  siteAdmin,
  type UserCaller,
} from '../sessions/access.ts'
import { idPageParameters, pageOfIds } from '../storage/list-pages.ts'
import { listParameters, readListQuery } from '../storage/list-query.ts'
import { seesSite, type User } from './account.ts'
import { changeSiteUser } from './change-site-user.ts'
import { userListFields } from './list-fields.ts'
import {
  createSiteUser,
  deleteSiteUser,
  findSiteUser,
  type GivenPassword,
  lockedUntil,
  unlockSiteUser,
  welcomeSiteUser,
} from './manage-users.ts'
import {
  type authenticationMethod,
  OWN_SETTINGS,
  readUserSettings,
  refusedUserFilters,
  refusedUserSettings,
  type UserChanges,
  userSettings,
} from './user-settings.ts'
import { settingsOf, userObject, viewUser } from './user-view.ts'

const id = integer().describe('0: the current user')
const shown = { description: 'The user', body: userObject }

const sorting = listParameters(userListFields)

const list = route(
  {
    endpoint: 'GET /users',
    summary: 'List the users of the site',
    access: siteAdmin,
    parameters: z.object({
      ...idPageParameters,
      search: text(254).optional().describe('Part of a username or email address'),
      ids: text(8_192)
        .regex(/^\d{1,16}(,\d{1,16}){0,499}$/)
        .optional(),
      q: sorting.filter.describe('The same as filter, for SDKs of 2020'),
      ...sorting,
      ...refusedUserFilters,
    }),
    replies: { 200: listReply('The users', userObject, 'Users') },
  },
  async ({ parameters, caller, ctx }) => {
    const { live, region } = caller
    const { search, ids } = parameters
    const { where, order } = readListQuery(userListFields, parameters)
    const filter = {
      siteId: live.site.id,
      search,
      ids: ids?.split(',').map(Number),
      where: and(where, readListQuery(userListFields, { filter: parameters.q }).where),
    }
    const ledger = ctx.in(region).userChanges
    const { rows, headers } = await pageOfIds(
      parameters,
      (page) => ledger.list(filter, page),
      ({ id }) => id,
      order,
    )
    return { status: 200, body: await viewUsers(ctx, caller, rows), headers }
  },
)

async function viewUsers(ctx: Ctx, { live: { site }, region }: UserCaller, users: User[]) {
  const [locks, factors] = await Promise.all([
    lockedUntil(ctx, region, users),
    ctx.in(region).secondFactors.countByUser(users.map(({ id }) => id)),
  ])
  return users.map((user) =>
    viewUser({ user, site }, ctx.clock(), {
      lockedUntil: locks.get(user.id) ?? null,
      factors: factors.get(user.id) ?? '',
    }),
  )
}

async function view(ctx: Ctx, caller: UserCaller, user: User) {
  const [viewed] = await viewUsers(ctx, caller, [user])
  return viewed
}

const find = route(
  {
    endpoint: 'GET /users/:id',
    summary: 'Show a user of the site. Users who are not admins can see themselves',
    access: managingUser,
    parameters: z.object({ id }),
    replies: { 200: shown },
    problems: ['not-found/user-not-found'],
  },
  async ({ parameters, caller, ctx }) => ({
    status: 200,
    body: await view(
      ctx,
      caller,
      await findSiteUser(ctx, caller, visibleTo(caller, parameters.id, seesSite)),
    ),
  }),
)

/** Users who are not admins do not see other users. @throws {Problem} user-not-found */
function visibleTo(
  { live: { user } }: UserCaller,
  id: number,
  seesOthers = (one: User) => one.siteAdmin,
): number {
  if (!seesOthers(user) && id !== 0 && id !== user.id) throw new Problem('not-found/user-not-found')
  return id
}

const create = route(
  {
    endpoint: 'POST /users',
    summary:
      'Create a user of the site. Users without a password are invited by email to choose one',
    access: siteAdmin,
    parameters: z.strictObject({
      username: text(256),
      password: newPasswordParameter.optional(),
      password_confirmation: newPasswordParameter.optional(),
      imported_password_hash: importedHash.optional(),
      ...userSettings,
      ...refusedUserSettings,
    }),
    replies: { 201: shown },
    problems: [
      ...accessSaveProblems,
      'bad-request/request-params-required',
      'rate-limited/too-many-requests',
    ],
  },
  async ({ parameters, ctx, ...call }) => {
    const { username, password, password_confirmation, imported_password_hash, ...sent } =
      parameters
    const given = {
      password,
      confirmation: password_confirmation,
      imported: imported_password_hash && asDocumentedBySdks(imported_password_hash),
    }
    refuseUnmet(sent, given)
    const settings = readUserSettings(sent, null)
    const user = await createSiteUser(ctx, call.actor, { username, settings, given })
    return { status: 201, body: await view(ctx, call.caller, user) }
  },
)

const update = route(
  {
    endpoint: 'PATCH /users/:id',
    summary:
      'Change a user of the site. Users who are not admins can change their own language and time zone',
    access: managingUser,
    parameters: wholeObject(
      {
        id,
        username: text(256).optional().describe('Cannot be changed'),
        change_password: newPasswordParameter.optional(),
        change_password_confirmation: newPasswordParameter.optional(),
        password: newPasswordParameter.optional().describe('The same as change_password'),
        password_confirmation: newPasswordParameter.optional(),
        ...userSettings,
        ...refusedUserSettings,
        ...refused({ 'only a new user can have one': 'imported_password_hash' }),
      },
      userObject,
    ),
    replies: { 200: shown },
    problems: [
      ...accessChangeProblems,
      'not-found/user-not-found',
      'processing-failure/failed-to-change-password',
      'processing-failure/model-save-error',
    ],
  },
  async ({ parameters, ctx, ...call }) => {
    const { caller } = call
    const { live } = caller
    const { id, username, ...sent } = parameters
    const user = await findSiteUser(ctx, caller, visibleTo(caller, id))
    if (username !== undefined && withoutSpaceAround(username) !== user.username)
      throw notSaved({ username: ['username-stays'] })
    const given = {
      password: sent.change_password ?? sent.password,
      confirmation: sent.change_password_confirmation ?? sent.password_confirmation,
    }
    const settings = readUserSettings(sent, user)
    const { authentication_method: method } = withoutEchoes(sent, settingsOf(user))
    if (isOnlyForNew(method))
      refuseSettled({ authentication_method: method }, ['authentication_method'])
    if (!live.user.siteAdmin) refuseAllBut(OWN_SETTINGS, { user, settings, given })
    const changed = await changeSiteUser(ctx, call.actor, { user, settings, given })
    return { status: 200, body: await view(ctx, caller, changed) }
  },
)

type Method = z.infer<typeof authenticationMethod> | undefined

/** Whether an authentication method only says how a new user gets a password. */
function isOnlyForNew(method: Method): boolean {
  return method === 'email_signup' || method === 'password_with_imported_hash'
}

/** @throws {Problem} request-params-required; request-params-invalid for parameters that do not fit the method */
function refuseUnmet(
  {
    authentication_method: method,
    email,
  }: { authentication_method?: Method; email?: string | undefined },
  { password, imported }: GivenPassword,
): void {
  if (!isOnlyForNew(method)) return
  const [needed, unfit] =
    method === 'email_signup'
      ? [{ email }, { password, imported_password_hash: imported }]
      : [{ imported_password_hash: imported }, { password }]
  refuseEach(needed, (value) => !value, 'bad-request/request-params-required')
  refuseEach(unfit, (value) => value !== undefined, 'bad-request/request-params-invalid')
}

function refuseEach(
  sent: Record<string, string | undefined>,
  isWrong: (value: string | undefined) => boolean,
  type: ProblemType,
): void {
  const [wrong] = Object.entries(sent).find(([, value]) => isWrong(value)) ?? []
  if (wrong !== undefined) throw new Problem(type, { values: { name: wrong } })
}

/** Values that come back unchanged are no change. @throws {Problem} insufficient-permission-for-params */
function refuseAllBut(
  own: string[],
  { user, settings, given }: { user: User; settings: UserChanges; given: GivenPassword },
): void {
  const { profile = {}, ...columns } = withoutEchoes(settings, user)
  const names = [...Object.keys(columns).map(nameOf), ...Object.keys(profile)]
  if (given.password !== undefined) names.push('change_password')
  const others = names.filter((name) => !own.includes(name))
  if (others.length > 0)
    throw new Problem('not-authorized/insufficient-permission-for-params', {
      values: { name: [...new Set(others)].join(', ') },
    })
}

const remove = route(
  {
    endpoint: 'DELETE /users/:id',
    summary: 'Delete a user with their sessions and keys at once',
    access: siteAdmin,
    parameters: z.strictObject({
      id,
      ...refused({ 'users own nothing that could be given to another': 'new_owner_id' }),
    }),
    replies: { 204: { description: 'It was removed' } },
    problems: [...accessSaveProblems, 'not-found/user-not-found'],
  },
  async ({ parameters, ctx, ...call }) => {
    const user = await findSiteUser(ctx, call.caller, parameters.id)
    await deleteSiteUser(ctx, call.actor, user)
    return { status: 204 }
  },
)

const done = { 204: { description: 'Done' } }

const unlock = route(
  {
    endpoint: 'POST /users/:id/unlock',
    summary: 'Unlock a user after failed attempts',
    access: siteAdmin,
    parameters: z.strictObject({ id }),
    replies: done,
    problems: [...accessChangeProblems, 'not-found/user-not-found'],
  },
  async ({ parameters, ctx, ...call }) => {
    const user = await findSiteUser(ctx, call.caller, parameters.id)
    await unlockSiteUser(ctx, call.actor, user)
    return { status: 204 }
  },
)

const welcome = route(
  {
    endpoint: 'POST /users/:id/resend_welcome_email',
    summary: 'Send the welcome email again',
    access: siteAdmin,
    parameters: z.strictObject({ id }),
    replies: done,
    problems: [...accessSaveProblems, 'not-found/user-not-found', 'rate-limited/too-many-requests'],
  },
  async ({ parameters, ctx, ...call }) => {
    const user = await findSiteUser(ctx, call.caller, parameters.id)
    await welcomeSiteUser(ctx, call.actor, user)
    return { status: 204 }
  },
)

export const userRoutes = [list, create, find, update, remove, unlock, welcome]
