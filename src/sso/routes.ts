import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { clearableText, integer, nameText, refused, text } from '../http/check-parameters.ts'
import { given } from '../http/given.ts'
import { apiObject, listReply, route } from '../http/route.ts'
import { refuseSettled, wholeObject, withoutEchoes } from '../http/whole-objects.ts'
import { accessSaveProblems, siteAdmin, type UserCaller } from '../sessions/access.ts'
import { idPageParameters, pageOfIds } from '../storage/list-pages.ts'
import {
  beginTestLogin,
  changeStrategy,
  createStrategy,
  deleteStrategy,
  findStrategy,
  type SentStrategy,
} from './manage-strategies.ts'
import { clientAuthentications } from './provider-client.ts'
import { redirectHostParameter, type Strategy } from './strategy.ts'
import { require2fa, strategyObject, viewStrategy } from './strategy-view.ts'
import { testOutcomes, testStrategy, testTextOf } from './test-strategy.ts'

const id = integer()
const groups = clearableText(2_048).optional()
/** Of the Files.com API; its SDKs only read strategies. */
const refusedSettings = refused({
  'Latchkey does not support SAML: use OpenID Connect': `provider_identifier saml_provider_cert_fingerprint
    saml_provider_issuer_url saml_provider_metadata_content saml_provider_metadata_url
    saml_provider_slo_target_url saml_provider_sso_target_url`,
  'Latchkey does not support SCIM': `scim_authentication_method scim_oauth_access_token
    scim_oauth_access_token_expires_at scim_password scim_username`,
  'use OpenID Connect instead of LDAP': `ldap_base_dn ldap_domain ldap_host ldap_host_2 ldap_host_3
    ldap_port ldap_provisioning_enabled ldap_secure ldap_type ldap_username ldap_username_field`,
  'disable users here, or deny them at the provider': `deprovision_behavior deprovision_groups
    deprovision_users`,
  'Latchkey has no groups': 'provision_group_admin_groups provision_groups',
  'change the users that a strategy created': `provision_attachments_permission provision_company
    provision_dav_permission provision_email_signup_groups provision_filesystem_layout
    provision_ftp_permission provision_readonly_site_admin_groups provision_sftp_permission
    provision_time_zone`,
  'every enabled strategy has a button': 'display_on_login_page logo_url',
})

const changeable = {
  ...refusedSettings,
  label: nameText(64).optional().describe('Default: the name of the provider'),
  enabled: z.boolean().optional(),
  subdomain: text(253)
    .optional()
    .describe(
      'Your subdomain at the provider, such as acme of acme.okta.com; your tenant for azure',
    ),
  issuer: text(512)
    .optional()
    .describe('For openid_connect: the https URL that the provider publishes'),
  email_domains: clearableText(2_048)
    .optional()
    .describe(
      'Comma-separated. A verified email address in one of these domains links a user at the first login',
    ),
  provision_users: z
    .boolean()
    .optional()
    .describe('Whether unknown people become users at their first login'),
  provision_group_required: groups,
  provision_group_inclusion: groups,
  provision_group_exclusion: groups,
  provision_group_default: groups,
  provision_site_admin_groups: groups,
  provision_require_2fa: require2fa.optional(),
}

const list = route(
  {
    endpoint: 'GET /sso_strategies',
    summary: 'List the single sign-on strategies of the site',
    access: siteAdmin,
    parameters: z.object({
      ...idPageParameters,
      ...refused({ 'strategies cannot be sorted': 'sort_by' }),
    }),
    replies: { 200: listReply('The strategies', strategyObject, 'SsoStrategies') },
  },
  async ({ parameters, caller, ctx }) => {
    const { live, region } = caller
    const { rows, headers } = await pageOfIds(
      parameters,
      (page) => ctx.in(region).strategies.list(live.site.id, page),
      ({ id }) => id,
    )
    return { status: 200, body: await viewAll(ctx, caller, rows), headers }
  },
)

const create = route(
  {
    endpoint: 'POST /sso_strategies',
    summary: 'Create a single sign-on strategy',
    access: siteAdmin,
    parameters: z.strictObject({
      provider: text(64),
      client_id: text(512),
      client_secret: text(2_048).describe('Stored sealed and never shown'),
      ...changeable,
    }),
    replies: { 201: { description: 'The strategy', body: strategyObject } },
    problems: [...accessSaveProblems, 'bad-request/invalid-oauth-provider'],
  },
  async ({ parameters, caller, actor, ctx }) => {
    const strategy = await createStrategy(ctx, actor, {
      ...settingsOf(parameters),
      provider: parameters.provider,
      clientId: parameters.client_id,
      clientSecret: parameters.client_secret,
    })
    return { status: 201, body: await view(ctx, caller, strategy) }
  },
)

const find = route(
  {
    endpoint: 'GET /sso_strategies/:id',
    summary: 'Show a single sign-on strategy of the site',
    access: siteAdmin,
    parameters: z.object({ id }),
    replies: { 200: { description: 'The strategy', body: strategyObject } },
    problems: ['not-found/sso-strategy-not-found'],
  },
  async ({ parameters, caller, ctx }) => ({
    status: 200,
    body: await view(ctx, caller, await findStrategy(ctx, caller, parameters.id)),
  }),
)

const update = route(
  {
    endpoint: 'PATCH /sso_strategies/:id',
    summary: 'Change a single sign-on strategy, except its provider',
    access: siteAdmin,
    parameters: wholeObject(
      {
        id,
        provider: text(64).optional().describe('Cannot be changed'),
        client_id: text(512).optional(),
        client_secret: text(2_048).optional(),
        redirect_host: redirectHostParameter
          .optional()
          .describe('The host that receives logins. A test login must have passed there'),
        ...changeable,
      },
      strategyObject,
    ),
    replies: { 200: { description: 'The changed strategy', body: strategyObject } },
    problems: [...accessSaveProblems, 'not-found/sso-strategy-not-found'],
  },
  async ({ parameters, caller, actor, ctx }) => {
    const strategy = await findStrategy(ctx, caller, parameters.id)
    const { id: _, ...parts } = parameters
    const changes = withoutEchoes(parts, await view(ctx, caller, strategy))
    refuseSettled(changes, ['provider'])
    const sent = settingsOf(changes)
    const changed = await changeStrategy(ctx, actor, { strategy, sent })
    return { status: 200, body: await view(ctx, caller, changed) }
  },
)

const remove = route(
  {
    endpoint: 'DELETE /sso_strategies/:id',
    summary: 'Delete a single sign-on strategy at once',
    access: siteAdmin,
    parameters: z.strictObject({ id }),
    replies: { 204: { description: 'It was removed' } },
    problems: [...accessSaveProblems, 'not-found/sso-strategy-not-found'],
  },
  async ({ parameters, caller, actor, ctx }) => {
    const strategy = await findStrategy(ctx, caller, parameters.id)
    await deleteStrategy(ctx, actor, strategy)
    return { status: 204 }
  },
)

const testLogin = route(
  {
    endpoint: 'POST /sso_strategies/:id/test_login',
    summary:
      'Get a link to a test login at a host of the site. It logs nobody in. After a successful test, the ' +
      'strategy can receive logins there',
    access: siteAdmin,
    parameters: z.object({ id, redirect_host: redirectHostParameter }),
    replies: {
      201: {
        description:
          'The link, valid for an hour, and the redirect URI to register at the provider first',
        body: apiObject('SsoStrategyTestLogin', { test_uri: z.url(), redirect_uri: z.url() }),
      },
    },
    problems: [...accessSaveProblems, 'not-found/sso-strategy-not-found'],
  },
  async ({ parameters, caller, actor, ctx }) => {
    const strategy = await findStrategy(ctx, caller, parameters.id)
    const input = { strategy, redirectHost: parameters.redirect_host }
    return { status: 201, body: await beginTestLogin(ctx, actor, input) }
  },
)

const test = route(
  {
    endpoint: 'POST /sso_strategies/:id/test',
    summary: 'Test a strategy, as far as that is possible without a person',
    access: siteAdmin,
    parameters: z.object({ id }),
    limit: 'anonymous',
    replies: {
      200: {
        description: 'The result',
        body: apiObject('SsoStrategyTest', {
          outcome: z.enum(testOutcomes),
          text: z.string(),
          client_authentication: z
            .enum(clientAuthentications)
            .nullable()
            .describe(
              'The client authentication that worked; null if the test did not get that far',
            ),
        }),
      },
    },
    problems: ['not-found/sso-strategy-not-found'],
  },
  async ({ parameters, caller, ctx, language }) => {
    const strategy = await findStrategy(ctx, caller, parameters.id)
    const result = await testStrategy(ctx, strategy, caller.live.site)
    const { outcome, authentication } = result
    return {
      status: 200,
      body: { outcome, text: testTextOf(result, language), client_authentication: authentication },
    }
  },
)

async function view(ctx: Ctx, caller: Viewer, strategy: Strategy) {
  const [viewed] = await viewAll(ctx, caller, [strategy])
  return { ...viewed }
}

async function viewAll(ctx: Ctx, { live: { site }, region }: Viewer, strategies: Strategy[]) {
  const now = ctx.clock()
  const counts = await ctx.in(region).strategies.countUsers(strategies.map(({ id }) => id))
  return strategies.map((strategy) =>
    viewStrategy(strategy, {
      userCount: counts.get(strategy.id) ?? 0,
      site,
      globalOrigin: ctx.globalOrigin,
      now,
    }),
  )
}

type Viewer = Pick<UserCaller, 'live' | 'region'>

type Sent = {
  [Name in keyof typeof changeable]?: z.infer<(typeof changeable)[Name]> | undefined
} & {
  client_id?: string | undefined
  client_secret?: string | undefined
  redirect_host?: string | undefined
}

function settingsOf(sent: Sent): SentStrategy {
  return given({
    label: sent.label,
    enabled: sent.enabled,
    subdomain: sent.subdomain?.toLowerCase(),
    issuer: sent.issuer,
    clientId: sent.client_id,
    clientSecret: sent.client_secret,
    emailDomains: sent.email_domains,
    provisionUsers: sent.provision_users,
    provisionGroupRequired: listed(sent.provision_group_required),
    provisionGroupInclusion: listed(sent.provision_group_inclusion),
    provisionGroupExclusion: listed(sent.provision_group_exclusion),
    provisionGroupDefault: listed(sent.provision_group_default),
    provisionSiteAdminGroups: listed(sent.provision_site_admin_groups),
    provisionRequire2fa: sent.provision_require_2fa,
    redirectHost: sent.redirect_host,
  })
}

/** `a, b,` → `a,b`. */
function listed(text: string | undefined): string | undefined {
  const names = text?.split(',').map((name) => name.trim())
  return names?.filter((name) => name !== '').join(',')
}

export const ssoStrategyRoutes = [test, testLogin, list, create, find, update, remove]
