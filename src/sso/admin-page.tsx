import type { Problem } from '../http/problem.ts'
import { fill } from '../messages/messages.ts'
import { AdminPage } from '../ui/admin/admin-page.tsx'
import { useAdminMessages } from '../ui/admin/messages.ts'
import { CheckField, SecretField, SettingField, TextField } from '../ui/fields.tsx'
import { ButtonForm, Form, Submit } from '../ui/form.tsx'
import { Card, Code, Name } from '../ui/page.tsx'
import { providerTitles } from './providers.ts'
import type { Strategy } from './strategy.ts'
import type { redirectStatus } from './strategy-view.ts'

export interface SsoPageProps {
  globalOrigin: URL
  strategies: Strategy[]
  counts: Map<number, number>
  addresses: Map<number, ShownAddress>
  /** What is wrong with the domain of the site. */
  domainWarning: string | null
  /** The values of a form that was refused. */
  sent?: Record<string, string | boolean | undefined> | undefined
  problem?: Problem | undefined
  /** The result of a test or of an action. */
  done?: { text: string; isSuccess: boolean } | undefined
}

export function SsoPage(props: SsoPageProps) {
  const { strategies, problem, done, domainWarning } = props
  const t = useAdminMessages().pages
  return (
    <AdminPage title={t.ssoTitle} here="sso" problem={problem}>
      {done ? (
        <p role={done.isSuccess ? 'status' : 'alert'} tabindex={-1}>
          {done.text}
        </p>
      ) : null}
      {domainWarning ? <p role="alert">{domainWarning}</p> : null}
      {strategies.length === 0 ? <p>{t.none}</p> : null}
      {strategies.map((strategy) => (
        <StrategyCard {...props} strategy={strategy} />
      ))}
      <AddForm {...props} />
    </AdminPage>
  )
}

function StrategyCard(props: SsoPageProps & { strategy: Strategy }) {
  const { strategy, counts, addresses, globalOrigin } = props
  const t = useAdminMessages().pages
  const { id, label, provider, enabled } = strategy
  const itself = { id: String(id) }
  const shown = addresses.get(id)
  const titles: Record<string, string> = providerTitles()
  return (
    <section class="card" aria-labelledby={`s${id}`}>
      <h2 id={`s${id}`}>
        <Name>{label}</Name> <span class="badge">{enabled ? t.on : t.off}</span>
      </h2>
      <dl>
        <dt>{t.provider}</dt>
        <dd>{titles[provider] ?? provider}</dd>
        <dt>{t.users}</dt>
        <dd>{counts.get(id) ?? 0}</dd>
      </dl>
      {shown ? <SsoAddress id={id} shown={shown} /> : null}
      <p>
        {t.backChannel}: <Code>{new URL(`/sso/${id}/backchannel_logout`, globalOrigin).href}</Code>
      </p>
      <ButtonForm action="/admin/sso/test" shown={itself} label={t.test} target={label} />
      <ButtonForm
        action="/admin/sso/turn"
        shown={{ ...itself, enabled: String(!enabled) }}
        label={enabled ? t.turnOff : t.turnOn}
        target={label}
        variant="quiet"
      />
      <details>
        <summary>{t.remove}</summary>
        <p>{t.removeWarning}</p>
        <ButtonForm
          action="/admin/sso/delete"
          shown={itself}
          label={t.remove}
          target={label}
          variant="danger"
        />
      </details>
    </section>
  )
}

function AddForm({ sent = {} }: SsoPageProps) {
  const t = useAdminMessages().pages
  const filled = (name: string) => String(sent[name] ?? '')
  const optional = (id: string, label: string, hint: string) => (
    <TextField id={id} label={label} hint={hint} value={filled(id)} isOptional />
  )
  return (
    <Card id="add" title={t.add}>
      <Form action="/admin/sso">
        <SettingField
          id="provider"
          kind="choice"
          label={t.provider}
          options={Object.entries(providerTitles())}
          value={filled('provider')}
        />
        {optional('label', t.label, t.labelHint)}
        {optional('subdomain', t.subdomain, t.subdomainHint)}
        {optional('issuer', t.issuer, t.issuerHint)}
        <TextField id="client_id" label={t.clientId} value={filled('client_id')} />
        <SecretField id="client_secret" label={t.clientSecret} autocomplete="off" />
        {optional('email_domains', t.emailDomains, t.emailDomainsHint)}
        <CheckField
          id="provision_users"
          label={t.provision}
          checked={sent.provision_users === true}
        />
        <Submit label={t.save} />
      </Form>
    </Card>
  )
}

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

/** Shows the redirect address, what to do about it, and how to move it to another host. */
function SsoAddress(props: { id: number; shown: ShownAddress }) {
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
