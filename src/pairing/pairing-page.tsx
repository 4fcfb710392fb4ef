import type { Language } from '../http/languages.ts'
import type { Problem } from '../http/problem.ts'
import { messagesFor } from '../messages/messages.ts'
import { SecretField, UsernameOfPassword } from '../ui/fields.tsx'
import { Form } from '../ui/form.tsx'
import { Page, ProblemAlert } from '../ui/page.tsx'
import { Name } from '../ui/verbatim.tsx'
import type { PairingWish } from './pairing-cookie.ts'
import { networkNamed, type Poller } from './poller.ts'

interface ApprovalPageProps {
  language: Language
  wish: PairingWish
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
  const { language, wish, pollers, isMore, problem } = props
  const t = messagesFor(language).pairing
  return (
    <Page language={language} title={isMore ? t.moreTitle : t.title} path="/pairing">
      <ProblemAlert language={language} problem={problem} />
      <p>{isMore ? t.more : t.asks}</p>
      <dl>
        <dt>{t.computer}</dt>
        <dd>
          <Name>{wish.computer}</Name>
        </dd>
        <dt>{t.platform}</dt>
        <dd>
          <Name>{wish.platform}</Name>
        </dd>
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
      <Form language={language} action="/pairing/approve" shown={shownOf(wish, pollers)}>
        {props.isElsewhere ? (
          <div class="field">
            <p>{t.elsewhere}</p>
            <label class="choice" for="sure">
              <input id="sure" name="sure" type="checkbox" value="true" required /> {t.sure}
            </label>
          </div>
        ) : null}
        {props.asksPassword ? (
          <>
            <UsernameOfPassword language={language} username={props.username} />
            <SecretField
              id="password"
              language={language}
              label={t.password}
              autocomplete="current-password"
            />
          </>
        ) : null}
        <button type="submit">{t.approve}</button>
      </Form>
      <DenyForm language={language} wish={wish} />
    </Page>
  )
}

/**
 * Says after the approval that the app gets its key at its next poll, or that the user is asked again if the app
 * appears on another network.
 */
export function ApprovedPage(props: { language: Language; wish: PairingWish; isSeen: boolean }) {
  const { language, wish, isSeen } = props
  const t = messagesFor(language).pairing
  return (
    <Page language={language} title={isSeen ? t.approvedTitle : t.waitingTitle}>
      <p>{isSeen ? t.approved : t.waiting}</p>
      {isSeen ? <p>{t.stillWaiting}</p> : null}
      <Form language={language} action="/pairing/check" shown={shownOf(wish, [])}>
        <button type="submit" class={isSeen ? 'quiet' : ''}>
          {t.check}
        </button>
      </Form>
      {isSeen ? null : <DenyForm language={language} wish={wish} />}
    </Page>
  )
}

function DenyForm({ language, wish }: { language: Language; wish: PairingWish }) {
  return (
    <Form language={language} action="/pairing/deny" shown={shownOf(wish, [])}>
      <button type="submit" class="quiet">
        {messagesFor(language).pairing.deny}
      </button>
    </Form>
  )
}

/** The final page. */
export function OutcomePage(props: { language: Language; title: string; text: string }) {
  return (
    <Page language={props.language} title={props.title}>
      <p>{props.text}</p>
    </Page>
  )
}

/** The sealed parameters of the page's forms: this app and these networks, whatever another tab shows. */
function shownOf({ pairingKey, platform, computer }: PairingWish, pollers: Poller[]) {
  const networks = pollers.map(({ address }) => networkNamed(address)).join(' ')
  return { pairing_key: pairingKey, platform, computer, networks }
}
