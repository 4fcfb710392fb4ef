import type { Requester } from '../access/actor.ts'
import type { Ctx } from '../context.ts'
import { fill } from '../messages/messages.ts'
import { hostNamesOf, hostnameNamed, type Site } from '../sites/site.ts'
import { useAdminMessages } from '../ui/admin/messages.ts'
import { ButtonForm } from '../ui/form.tsx'
import { Code } from '../ui/verbatim.tsx'
import { redirectAddress } from './redirect-address.ts'
import type { Strategy } from './strategy.ts'
import { redirectStatus, testedHost } from './strategy-view.ts'
import { beginTestLogin } from './test-login.ts'

/** Another host of the site that can receive a strategy's callbacks. */
interface OtherHost {
  host: string
  redirectUri: string
  testUri: string
  isTested: boolean
}

/** What a page shows about a strategy's redirect address. */
export interface ShownAddress {
  address: string
  status: ReturnType<typeof redirectStatus>
  others: OtherHost[]
}

export async function addressOf(
  ctx: Ctx,
  acting: Requester,
  strategy: Strategy,
): Promise<ShownAddress> {
  const { globalOrigin, clock } = ctx
  const site: Site = acting.live.site
  const tested = testedHost(strategy, { site, globalOrigin, now: clock() })
  const others = hostNamesOf(site)
    .filter((name) => name !== strategy.originName)
    .map(async (name) => {
      const host = hostnameNamed(name, globalOrigin)
      const begun = await beginTestLogin(ctx, acting, { strategy, redirectHost: host })
      return {
        host,
        redirectUri: begun.redirect_uri,
        testUri: begun.test_uri,
        isTested: host === tested,
      }
    })
  return {
    address: redirectAddress(strategy, globalOrigin),
    status: redirectStatus(strategy, site),
    others: await Promise.all(others),
  }
}

/** Shows the redirect address, what to do about it, and how to move it to another host. */
export function SsoAddress(props: { id: number; shown: ShownAddress }) {
  const { id, shown } = props
  const { address, status, others } = shown
  const { pages, ssoAddress: t } = useAdminMessages()
  const isStopped = status === 'not_of_site'
  return (
    <>
      {isStopped ? null : (
        <p>
          {pages.redirect}: <Code>{address}</Code>
        </p>
      )}
      {status === 'unconfirmed' ? <p class="hint">{t.unconfirmed}</p> : null}
      {isStopped ? <p role="alert">{t.notOfSite}</p> : null}
      {others.map((other) => (
        <MoveTo id={id} other={other} isOpen={isStopped || other.isTested} />
      ))}
    </>
  )
}

function MoveTo(props: { id: number; other: OtherHost; isOpen: boolean }) {
  const { id, other, isOpen } = props
  const { host, redirectUri, testUri, isTested } = other
  const t = useAdminMessages().ssoAddress
  return (
    <details open={isOpen}>
      <summary>{fill(t.otherHost, { host })}</summary>
      {isTested ? (
        <>
          <p>{t.tested}</p>
          <ButtonForm
            action="/admin/sso/move"
            shown={{ id: String(id), redirect_host: host }}
            label={fill(t.moveTo, { host })}
          />
        </>
      ) : (
        <>
          <p>
            {t.registerFirst} <Code>{redirectUri}</Code>
          </p>
          <p>{t.thenTest}</p>
          <a class="button" rel="nofollow" href={testUri}>
            {fill(t.testAt, { host })}
          </a>
        </>
      )}
    </details>
  )
}
