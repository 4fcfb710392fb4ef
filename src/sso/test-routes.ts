import * as z from 'zod'
import { integer } from '../http/check-parameters.ts'
import { route } from '../http/route.ts'
import { accessSaveProblems, siteAdmin } from '../sessions/access.ts'
import { findStrategy } from './manage-strategies.ts'
import { clientAuthentications } from './provider-client.ts'
import { redirectHostParameter } from './redirect-address.ts'
import { beginTestLogin } from './test-login.ts'
import { testOutcomes, testStrategy, testTextOf } from './test-strategy.ts'

const id = integer()

const testLogin = route(
  {
    method: 'POST',
    path: '/sso_strategies/:id/test_login',
    summary:
      'Get a link to a test login at a host of the site. It logs nobody in. After a successful test, the ' +
      'strategy can receive logins there',
    access: siteAdmin,
    parameters: z.object({ id, redirect_host: redirectHostParameter }),
    replies: {
      201: {
        description:
          'The link, valid for an hour, and the redirect URI to register at the provider first',
        body: z
          .object({ test_uri: z.url(), redirect_uri: z.url() })
          .meta({ id: 'SsoStrategyTestLogin' }),
      },
    },
    problems: [...accessSaveProblems, 'not-found/sso-strategy-not-found'],
  },
  async ({ parameters, caller, ctx, request }) => {
    const strategy = await findStrategy(ctx, caller, parameters.id)
    const input = { strategy, redirectHost: parameters.redirect_host }
    return { status: 201, body: await beginTestLogin(ctx, { ...caller, request }, input) }
  },
)

const test = route(
  {
    method: 'POST',
    path: '/sso_strategies/:id/test',
    summary: 'Test a strategy, as far as that is possible without a person',
    access: siteAdmin,
    parameters: z.object({ id }),
    limit: 'anonymous',
    replies: {
      200: {
        description: 'The result',
        body: z
          .object({
            outcome: z.enum(testOutcomes),
            text: z.string(),
            client_authentication: z
              .enum(clientAuthentications)
              .nullable()
              .describe(
                'The client authentication that worked; null if the test did not get that far',
              ),
          })
          .meta({ id: 'SsoStrategyTest' }),
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
      body: {
        outcome,
        text: testTextOf(result, language),
        client_authentication: authentication,
      },
    }
  },
)

export const ssoStrategyTestRoutes = [test, testLogin]
