import type { Language } from '../platform/languages.ts'
import type { Problem } from '../platform/problem.ts'
import { SecretField } from '../ui/fields.tsx'
import { Form } from '../ui/form.tsx'
import { Page, Told } from '../ui/page.tsx'
import { pageTextsIn } from './page-texts.ts'
import type { PairingWish } from './pairing-cookie.ts'
import type { Poller } from './poller.ts'

interface ApprovalPageProps {
  language: Language
  wish: PairingWish
  poller: Poller | null
  username: string
  siteName: string
  isElsewhere: boolean
  asksPassword: boolean
  problem: Problem | undefined
}

/** Asks whether an app may be paired. What the computer is called is the app's word, so the place is named. */
export function ApprovalPage(props: ApprovalPageProps) {
  const { language, wish, poller, problem } = props
  const t = pageTextsIn(language)
  const place = [poller?.place, poller?.address].filter((one) => one).join(' · ')
  return (
    <Page language={language} title={t.title} path="/pairing">
      <Told language={language} problem={problem} />
      <p>{t.asks}</p>
      <dl>
        <dt>{t.computer}</dt>
        <dd>
          <bdi>{wish.computer}</bdi>
        </dd>
        <dt>{t.platform}</dt>
        <dd>
          <bdi>{wish.platform}</bdi>
        </dd>
        <dt>{t.place}</dt>
        <dd>{place || t.placeUnknown}</dd>
        <dt>{t.account}</dt>
        <dd>
          <bdi>{props.username}</bdi> (<bdi>{props.siteName}</bdi>)
        </dd>
      </dl>
      <p>
        <strong>{t.warning}</strong>
      </p>
      <Form language={language} action="/pairing/approve">
        {props.isElsewhere ? (
          <div class="field">
            <p>{t.elsewhere}</p>
            <label class="choice" for="sure">
              <input id="sure" name="sure" type="checkbox" value="true" required /> {t.sure}
            </label>
          </div>
        ) : null}
        {props.asksPassword ? (
          <SecretField
            id="password"
            language={language}
            label={t.password}
            autocomplete="current-password"
          />
        ) : null}
        <button type="submit">{t.approve}</button>
      </Form>
      <Form language={language} action="/pairing/deny">
        <button type="submit" class="quiet">
          {t.deny}
        </button>
      </Form>
    </Page>
  )
}

/** What became of it. */
export function OutcomePage(props: { language: Language; title: string; text: string }) {
  return (
    <Page language={props.language} title={props.title}>
      <p>{props.text}</p>
    </Page>
  )
}
