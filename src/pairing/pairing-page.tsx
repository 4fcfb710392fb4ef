import type { Problem } from '../http/problem.ts'
import { CheckField, SecretField, UsernameOfPassword } from '../ui/fields.tsx'
import { ButtonForm, Form, Submit } from '../ui/form.tsx'
import { useMessages } from '../ui/language.ts'
import { Name, NameEntry, Page, ProblemAlert } from '../ui/page.tsx'
import type { Pairing } from './pairing-cookie.ts'
import { networkNamed, type Poller } from './poller.ts'

interface ApprovalPageProps {
  pairing: Pairing
  /** The pollers whose networks need approval. */
  pollers: Poller[]
  /** Whether other networks were approved before. */
  isMore: boolean
  username: string
  siteName: string
  isElsewhere: boolean
  asksPassword: boolean
  problem: Problem | undefined
}

/** Asks whether to pair an app. The computer's name is the app's own word, so the page also shows the location. */
export function ApprovalPage(props: ApprovalPageProps) {
  const { pairing, pollers, isMore, problem } = props
  const t = useMessages().pairing
  return (
    <Page title={isMore ? t.moreTitle : t.title} path="/pairing">
      <ProblemAlert problem={problem} />
      <p>{isMore ? t.more : t.asks}</p>
      <dl>
        <NameEntry term={t.computer} name={pairing.computer} />
        <NameEntry term={t.platform} name={pairing.platform} />
        <dt>{t.place}</dt>
        {pollers.length === 0 ? <dd>{t.placeUnknown}</dd> : null}
        {pollers.map((poller) => (
          <dd>{[poller.place, poller.address].filter(Boolean).join(' · ') || t.placeUnknown}</dd>
        ))}
        <dt>{t.account}</dt>
        <dd>
          <Name>{props.username}</Name> (<Name>{props.siteName}</Name>)
        </dd>
      </dl>
      <p>
        <strong>{t.warning}</strong>
      </p>
      <Form action="/pairing/approve" shown={shownOf(pairing, pollers)}>
        {props.isElsewhere ? (
          <div class="field">
            <p>{t.elsewhere}</p>
            <CheckField id="sure" label={t.sure} required />
          </div>
        ) : null}
        {props.asksPassword ? (
          <>
            <UsernameOfPassword username={props.username} />
            <SecretField id="password" label={t.password} autocomplete="current-password" />
          </>
        ) : null}
        <Submit label={t.approve} />
      </Form>
      <DenyForm pairing={pairing} />
    </Page>
  )
}

/**
 * Says after the approval that the app gets its key at its next poll, or that the user is asked again if the app
 * appears on another network.
 */
export function ApprovedPage(props: { pairing: Pairing; isSeen: boolean }) {
  const { pairing, isSeen } = props
  const t = useMessages().pairing
  return (
    <Page title={isSeen ? t.approvedTitle : t.waitingTitle}>
      <p>{isSeen ? t.approved : t.waiting}</p>
      {isSeen ? <p>{t.stillWaiting}</p> : null}
      <ButtonForm
        action="/pairing/check"
        shown={shownOf(pairing, [])}
        label={t.check}
        variant={isSeen ? 'quiet' : undefined}
      />
      {isSeen ? null : <DenyForm pairing={pairing} />}
    </Page>
  )
}

function DenyForm({ pairing }: { pairing: Pairing }) {
  return (
    <ButtonForm
      action="/pairing/deny"
      shown={shownOf(pairing, [])}
      label={useMessages().pairing.deny}
      variant="quiet"
    />
  )
}

export function OutcomePage(props: { title: string; text: string }) {
  return (
    <Page title={props.title}>
      <p>{props.text}</p>
    </Page>
  )
}

/** The sealed parameters of the page's forms: this app and these networks, whatever another tab shows. */
function shownOf({ pairingKey, platform, computer }: Pairing, pollers: Poller[]) {
  const networks = pollers.map(({ address }) => networkNamed(address)).join(' ')
  return { pairing_key: pairingKey, platform, computer, networks }
}
