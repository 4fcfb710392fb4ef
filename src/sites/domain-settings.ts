import * as z from 'zod'
import { text } from '../http/check-parameters.ts'
import { Problem } from '../http/problem.ts'
import { anyone, route } from '../http/route.ts'
import { readDomainName } from './domain-name.ts'
import { hostScope } from './site.ts'
import { siteShownAt } from './site-branding.ts'
/** What a client may know about a site before a login. */
export const domainSettingsRoute = route(
  {
    method: 'GET',
    path: '/settings/domain',
    summary: 'Get what a login form needs to know about the site of a host',
    access: anyone,
    parameters: z.object({ domain: text(253).describe('The host of the site') }),
    limit: 'anonymous',
    replies: {
      200: {
        description: 'The site’s public settings',
        body: z
          .object({
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
          })
          .meta({ id: 'DomainSettings' }),
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
    const home = scope.kind === 'any' ? null : await siteHosts.homeOf(scope)
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
