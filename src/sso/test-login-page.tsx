import type { Ctx } from '../context.ts'
import type { Reply } from '../http/route.ts'
import { hostnameNamed } from '../sites/site.ts'
import { newId } from '../storage/ids.ts'
import type { Assertion } from './assertion.ts'
import { ssoRefused } from './provider-fetch.ts'
import { receiverOf } from './receive-callback.ts'
import { SsoTestPassedPage } from './sso-page.tsx'
import type { SsoState } from './sso-state.ts'

/** Records a passed test login and says so. Nobody is logged in. */
export async function testPassed(
  ctx: Ctx,
  { origin, testFor = '' }: SsoState,
  assertion: Assertion,
): Promise<Reply> {
  const { region, strategy } = await receiverOf(ctx, { ...assertion, testFor }, ctx.scope)
  const at = ctx.clock()
  const use = { by: newId(region.code), at }
  const consumption = ctx.in(region).partialSessions.consumption(assertion.use, use)
  const tested = { originName: origin, at, consumption }
  if (!(await ctx.in(region).strategies.noteTest(strategy, tested)))
    throw ssoRefused('used', 'a test used before, or a strategy changed since')
  const { protocol, port } = ctx.globalOrigin
  const back = new URL('/admin/sso', `${protocol}//${testFor}${port && `:${port}`}`)
  const { label } = strategy
  const host = hostnameNamed(origin, ctx.globalOrigin)
  return {
    status: 200,
    body: <SsoTestPassedPage label={label} host={host} back={back.href} />,
  }
}
