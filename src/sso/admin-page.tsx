import { isolated } from '../http/bidi.ts'
import type { Problem } from '../http/problem.ts'
import { AdminPage } from '../ui/admin/admin-page.tsx'
import { useAdminMessages } from '../ui/admin/messages.ts'
import { SecretField, TextField } from '../ui/fields.tsx'
import { Form } from '../ui/form.tsx'
import { Code, Name } from '../ui/verbatim.tsx'
import { providerTitles } from './providers.ts'
import { type ShownAddress, SsoAddress } from './sso-address.tsx'
import type { Strategy } from './strategy.ts'

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
  done?: { text: string; isGood: boolean } | undefined
}

/** The page on which a site admin sets up the site's identity providers. */
export function SsoPage(props: SsoPageProps) {
  const { strategies, problem, done, domainWarning } = props
  const t = useAdminMessages().pages
  return (
    <AdminPage title={t.ssoTitle} here="sso" problem={problem}>
      {done ? (
        <p role={done.isGood ? 'status' : 'alert'} tabindex={-1}>
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
      <Form action="/admin/sso/test" shown={itself}>
        <button type="submit" aria-label={`${t.test}: ${isolated(label)}`}>
          {t.test}
        </button>
      </Form>
      <Form action="/admin/sso/turn" shown={{ ...itself, enabled: String(!enabled) }}>
        <button
          type="submit"
          class="quiet"
          aria-label={`${enabled ? t.turnOff : t.turnOn}: ${isolated(label)}`}
        >
          {enabled ? t.turnOff : t.turnOn}
        </button>
      </Form>
      <details>
        <summary>{t.remove}</summary>
        <p>{t.removeWarning}</p>
        <Form action="/admin/sso/delete" shown={itself}>
          <button type="submit" class="danger" aria-label={`${t.remove}: ${isolated(label)}`}>
            {t.remove}
          </button>
        </Form>
      </details>
    </section>
  )
}

function AddForm({ sent = {} }: SsoPageProps) {
  const t = useAdminMessages().pages
  const filled = (name: string) => String(sent[name] ?? '')
  return (
    <section class="card" aria-labelledby="add">
      <h2 id="add">{t.add}</h2>
      <Form action="/admin/sso">
        <div class="field">
          <label for="provider">{t.provider}</label>
          <select id="provider" name="provider">
            {Object.entries(providerTitles()).map(([name, title]) => (
              <option value={name} selected={sent.provider === name}>
                {title}
              </option>
            ))}
          </select>
        </div>
        <TextField
          id="label"
          label={t.label}
          hint={t.labelHint}
          value={filled('label')}
          isOptional
        />
        <TextField
          id="subdomain"
          label={t.subdomain}
          hint={t.subdomainHint}
          value={filled('subdomain')}
          isOptional
        />
        <TextField
          id="issuer"
          label={t.issuer}
          hint={t.issuerHint}
          value={filled('issuer')}
          isOptional
        />
        <TextField id="client_id" label={t.clientId} value={filled('client_id')} />
        <SecretField id="client_secret" label={t.clientSecret} autocomplete="off" />
        <TextField
          id="email_domains"
          label={t.emailDomains}
          hint={t.emailDomainsHint}
          value={filled('email_domains')}
          isOptional
        />
        <label class="choice" for="provision_users">
          <input
            id="provision_users"
            name="provision_users"
            type="checkbox"
            value="true"
            checked={sent.provision_users === true}
          />{' '}
          {t.provision}
        </label>
        <button type="submit">{t.save}</button>
      </Form>
    </section>
  )
}
