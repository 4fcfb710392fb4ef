import type { Mail } from '../notifications/mailer.ts'
import type { Messengers } from '../notifications/open-messengers.ts'
import { Page, pageText } from '../ui/page.tsx'

const PREFIX = 'local-outbox:'
/** KV lists keys in ascending order, so later messages get smaller keys. */
const LAST_KEY = 9_999_999_999_999
const MOST_SHOWN = 200

/** The pages that emails link to refuse to be framed. */
const OPENING_LINKS_OUTSIDE = '<base target="_blank">'

/** An email, or a text message, which has neither subject nor HTML. */
type Sent = Pick<Mail, 'to' | 'text'> & Partial<Mail> & { sent_at: string }

/** Stores messages for a developer to read instead of sending them. */
export function localMessengers(kv: KVNamespace): Messengers {
  const send = async (message: Pick<Sent, 'to' | 'text'>, id: string) => {
    const sent: Sent = { ...message, sent_at: new Date().toISOString() }
    const newestFirst = String(LAST_KEY - Date.parse(sent.sent_at)).padStart(16, '0')
    await kv.put(`${PREFIX}${newestFirst}:${id}`, JSON.stringify(sent))
  }
  return { mailer: { send }, texter: { send } }
}

/** Serves `/outbox` and `/outbox.json`; null for other paths. */
export async function answerOutbox(request: Request, kv: KVNamespace): Promise<Response | null> {
  const { pathname } = new URL(request.url)
  if (pathname === '/outbox.json') return Response.json(await sentMails(kv))
  if (pathname !== '/outbox') return null
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy':
      "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; script-src 'self'; frame-src 'self'; frame-ancestors 'self'",
  }
  const page = <Outbox mails={await sentMails(kv)} />
  return new Response(await pageText(page, { branding: null, language: 'en' }), { headers })
}

/** The newest messages, newest first. */
async function sentMails(kv: KVNamespace): Promise<Sent[]> {
  const { keys } = await kv.list({ prefix: PREFIX, limit: MOST_SHOWN })
  const texts = await Promise.all(keys.map(({ name }) => kv.get(name)))
  return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Sent]))
}

function Outbox({ mails }: { mails: Sent[] }) {
  return (
    <Page title="Outbox">
      {mails.length === 0 ? <p>Nothing has been sent yet.</p> : null}
      {mails.map(({ to, subject, text, html, sent_at }) => (
        <article>
          <h2>{subject ?? 'Text message'}</h2>
          <p>
            to {to}, <time datetime={sent_at}>{sent_at}</time>
          </p>
          {html === undefined ? (
            <PlainText text={text} />
          ) : (
            <>
              <iframe
                title={subject}
                sandbox="allow-popups allow-popups-to-escape-sandbox"
                srcdoc={`${OPENING_LINKS_OUTSIDE}${html}`}
                style="width: 100%; height: 26em"
              />
              <details>
                <summary>Plain text</summary>
                <PlainText text={text} />
              </details>
            </>
          )}
        </article>
      ))}
    </Page>
  )
}

function PlainText({ text }: Pick<Sent, 'text'>) {
  return <pre style="white-space: pre-wrap; overflow-wrap: anywhere">{text}</pre>
}
