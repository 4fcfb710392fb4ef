import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { clearableText, nameText, text } from '../http/check-parameters.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { anyone, apiObject, route } from '../http/route.ts'
import { wholeObject, withoutEchoes } from '../http/whole-objects.ts'
import {
  accessSaveProblems,
  anyUser,
  type SessionCaller,
  siteAdmin,
  type UserCaller,
} from '../sessions/access.ts'
import {
  getsSessionString,
  type SessionIdFormat,
  VARIES_BY_CLIENT,
} from '../sessions/session-id-format.ts'
import { sessionObject, viewSession } from '../sessions/session-view.ts'
import { userObject, viewUser } from '../users/user-view.ts'
import { changeSite } from './change-site.ts'
import { readDomainName } from './domain-name.ts'
import { hostScope, type Site } from './site.ts'
import { siteShownAt } from './site-branding.ts'
import { LARGEST_LOGO } from './site-logo.ts'
import {
  laterNames,
  refusedSiteSettings,
  siteSettingParameters,
  underFirstNames,
  viewLaterNames,
} from './site-settings.ts'
import { siteObject, viewSite } from './site-view.ts'
import { domainChallenge, verifyDomain } from './verify-domain.ts'

const site = siteObject
  .extend({
    ...laterNames,
    domain_verification: z
      .object({ name: z.string(), value: z.string() })
      .nullable()
      .describe(
        'The TXT record to set for a new domain, or to set again if it is missing; otherwise null',
      ),
    domain_record_missing_since: z.iso
      .datetime()
      .nullable()
      .describe(
        'Since when the TXT record of the verified domain has been missing. After 3 days the domain is no longer verified',
      ),
    session: sessionObject.optional().describe('The current session. Missing with an API key'),
    user: userObject,
  })
  .meta({ id: 'Site' })

/** The site with the current session and its user, by which a client learns who it acts for. */
const show = route(
  {
    endpoint: 'GET /site',
    summary: 'Show the site, the current session and its user',
    access: anyUser,
    replies: { 200: { description: 'The site', body: site } },
  },
  ({ caller, ctx, request }) => siteReply(ctx, request, caller),
)

const update = route(
  {
    endpoint: 'PATCH /site',
    summary: 'Change the site. A new domain works once it is verified',
    access: siteAdmin,
    parameters: wholeObject(
      {
        ...siteSettingParameters,
        ...z.object(laterNames).partial().shape,
        ...refusedSiteSettings,
        domain: clearableText(253)
          .optional()
          .describe(
            'The site’s own domain, or empty for none. No other site can have a released verified domain for 90 days',
          ),
        subdomain: text(63)
          .optional()
          .describe(
            'The first label of the site’s own host. No other site can have the previous one for 90 days',
          ),
        confirm_sso_stop: z
          .boolean()
          .optional()
          .describe('Confirms that strategies that receive logins at a released host stop working'),
        confirm_key_loss: z
          .boolean()
          .optional()
          .describe('Confirms that security keys that work only at a released host are lost'),
        name: nameText(256).optional().describe('The site’s name in pages and emails'),
        accent_color: clearableText(7)
          .optional()
          .describe('Color of the pages, such as #0b5fc4. Empty: the default'),
        logo: clearableText(LARGEST_LOGO * 2)
          .optional()
          .describe('Base64 of a PNG, JPEG or WebP of at most 32 KiB. Empty: none'),
      },
      site,
    ),
    replies: { 200: { description: 'The site', body: site } },
    problems: accessSaveProblems,
  },
  async ({ parameters, caller, actor, ctx, request }) => {
    const sent = underFirstNames(withoutEchoes(parameters, viewWhole(ctx, caller.live.site)))
    const changed = await changeSite(ctx, actor, sent)
    return siteReply(ctx, request, withSite(caller, changed))
  },
)

const verifyDomainRoute = route(
  {
    endpoint: 'POST /site/verify_domain',
    summary: 'Verify the site’s domain by its TXT record',
    access: siteAdmin,
    parameters: z.strictObject({}),
    replies: { 200: { description: 'The site with its verified domain', body: site } },
    problems: [...accessSaveProblems, 'service-unavailable/resolver-unavailable'],
  },
  async ({ caller, actor, ctx, request }) => {
    const verified = await verifyDomain(ctx, actor)
    return siteReply(ctx, request, withSite(caller, verified))
  },
)

/** The parts of a site that do not depend on the caller. */
function viewWhole({ breachCheck }: Ctx, site: Site) {
  return { ...viewSite(site), ...viewLaterNames(site, breachCheck !== undefined) }
}

async function siteReply(ctx: Ctx, request: RequestFacts, caller: UserCaller) {
  const { live } = caller
  const { id, domain, domainVerifiedAt, domainMissingSince: missingSince } = live.site
  const awaited = domain !== null && (domainVerifiedAt === null || missingSince !== null)
  return {
    status: 200 as const,
    body: {
      ...viewWhole(ctx, live.site),
      domain_verification: awaited ? await domainChallenge(ctx.domainProofKey, id, domain) : null,
      domain_record_missing_since: missingSince && new Date(missingSince).toISOString(),
      ...(caller.by === 'session' && {
        session: viewSession(
          caller.live,
          idForBearer(caller, ctx.sessionIdFormat, request),
          ctx.clock(),
        ),
      }),
      user: viewUser(live, ctx.clock()),
    },
    headers: { Vary: VARIES_BY_CLIENT },
  }
}

function withSite(caller: UserCaller, site: Site): UserCaller {
  return caller.by === 'session'
    ? { ...caller, live: { ...caller.live, site } }
    : { ...caller, live: { ...caller.live, site } }
}

/** Only the bearer of a session string gets it back. */
function idForBearer(
  { live, presented }: SessionCaller,
  format: SessionIdFormat,
  request: RequestFacts,
): number | string {
  return (getsSessionString(format, request) && presented.sessionString) || live.session.id
}

const A_YEAR_SECONDS = 31_536_000

/** Serves the site's logo. The path has its digest, so it can be cached forever. */
const logoRoute = route(
  {
    base: false,
    endpoint: 'GET /ui/logo/:digest',
    summary: 'The logo of the host’s site',
    access: anyone,
    parameters: z.object({ digest: text(64) }),
    mediaType: 'image/*',
    cacheSeconds: A_YEAR_SECONDS,
    replies: { 200: { description: 'The logo', body: z.string() } },
    problems: ['not-found/not-found'],
  },
  async ({ parameters: { digest }, ctx }) => {
    const home = await ctx.siteHosts.homeOf(ctx.scope)
    const logo =
      home &&
      ctx.scope.kind !== 'any' &&
      (await ctx.in(home.region).sites.logoAt(ctx.scope, digest))
    if (!logo) throw new Problem('not-found/not-found')
    const body = Uint8Array.from(atob(logo.data), (char) => char.charCodeAt(0))
    return { status: 200, body, headers: { 'Content-Type': logo.mediaType } }
  },
)

/** What a client may know about a site before a login. */
const domainSettingsRoute = route(
  {
    endpoint: 'GET /settings/domain',
    summary: 'Get what a login form needs to know about the site of a host',
    access: anyone,
    parameters: z.object({ domain: text(253).describe('The host of the site') }),
    limit: 'anonymous',
    replies: {
      200: {
        description: 'The site’s public settings',
        body: apiObject('DomainSettings', {
          name: z.string(),
          language: z.string().nullable(),
          login_help_text: z.string().nullable(),
          disable_password_reset: z.boolean(),
          accent_color: z.string().nullable(),
          sso_strategies: z.array(z.object({ provider: z.string(), label: z.string() })),
          password_min_length: z.int(),
          password_require_letter: z.boolean(),
          password_require_mixed: z.boolean(),
          password_require_number: z.boolean(),
          password_require_special: z.boolean(),
        }),
      },
    },
    problems: ['site-configuration/no-account-for-site'],
  },
  async ({ parameters: { domain }, ctx }) => {
    const { globalOrigin, regions, siteHosts } = ctx
    const scope = hostScope(readDomainName(domain) ?? domain, {
      global: globalOrigin.hostname,
      regions,
    })
    const site = await siteShownAt(ctx, scope)
    const home = await siteHosts.homeOf(scope)
    if (!site || !home) throw new Problem('site-configuration/no-account-for-site')
    const strategies = await ctx.in(home.region).strategies.offeredOf(site.id)
    return {
      status: 200,
      body: {
        name: site.name,
        language: site.language,
        login_help_text: site.loginHelpText,
        disable_password_reset: site.disablePasswordReset,
        accent_color: site.accentColor,
        sso_strategies: strategies.map(({ provider, label }) => ({ provider, label })),
        password_min_length: site.passwordMinLength,
        password_require_letter: site.passwordRequireLetter,
        password_require_mixed: site.passwordRequireMixed,
        password_require_number: site.passwordRequireNumber,
        password_require_special: site.passwordRequireSpecial,
      },
    }
  },
)

export const currentSiteRoutes = [show, update, verifyDomainRoute, logoRoute, domainSettingsRoute]
