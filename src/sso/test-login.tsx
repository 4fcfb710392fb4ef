import type { Language } from '../http/languages.ts'
import type { Reply } from '../http/route.ts'
import { hostnameNamed } from '../sites/site.ts'
import { newId } from '../storage/ids.ts'
import { receiverOf } from './arrive.ts'
import { notAccepted } from './ask-provider.ts'
import type { Proof } from './proof.ts'
import { SsoTestPassedPage } from './sso-pages.tsx'
import type { SsoNeeds } from './sso-route.tsx'
import type { SsoState } from './sso-state.ts'

/** Notes that a test login has passed, and tells so; nobody is logged in. */
export async function testPassed(
  services: SsoNeeds,
  { origin, testFor = '' }: SsoState,
  { proof, language }: { proof: Proof; language: Language },
): Promise<Reply> {
  const { region, strategy } = await receiverOf(services, { ...proof, testFor }, services.scope)
  const at = services.clock()
  const use = { by: newId(region.code), at }
  const claim = services.partialSessionsIn(region).claim(proof.use, use)
  const tested = { originName: origin, at, claim }
  if (!(await services.strategiesIn(region).noteTest(strategy, tested)))
    throw notAccepted('used', 'a test used before, or a strategy changed since')
  const { protocol, port } = services.globalOrigin
  const back = new URL('/admin/sso', `${protocol}//${testFor}${port && `:${port}`}`)
  const { label } = strategy
  const host = hostnameNamed(origin, services.globalOrigin)
  return {
    status: 200,
    body: <SsoTestPassedPage {...{ language, label, host, back: back.href }} />,
  }
}
