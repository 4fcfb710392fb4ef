import { rootMessage } from '../http/log.ts'
import type { Argon2Cost } from '../passwords/argon2id.ts'
import type { Entry } from '../services.ts'
import { systemClock } from '../storage/clock.ts'
import { createWorker } from '../worker.ts'
import { ensureDemoData } from './demo-data.ts'
import { answerOutbox, localMessengers } from './local-outbox.tsx'

/**
 * Returns the Worker for a developer's machine, with demo data and an outbox for emails and text messages. Nothing in
 * local/ is part of the production bundle.
 */
export function createLocalWorker(
  hashCost: Argon2Cost,
): ExportedHandler<Env & { START_ID?: string }> {
  const entry: Entry = {
    clock: systemClock,
    openMessengers: ({ KV }) => localMessengers(KV),
    hashCost,
    allowsLoopbackOrigins: true,
  }
  const worker = createWorker(entry)
  let seeded: Promise<void> | undefined
  return {
    ...worker,
    async fetch(sent, env, context) {
      // Another program may have the port, so the command that started this one asks for its own id.
      if (new URL(sent.url).pathname === '/local/start') return Response.json({ id: env.START_ID })
      const request = atLocalhost(sent)
      if (request instanceof Response) return request
      seeded ??= ensureDemoData(env, entry)
      try {
        await seeded
      } catch (error) {
        seeded = undefined
        return new Response(`The demo data cannot be created. ${rootMessage(error)}`, {
          status: 500,
        })
      }
      const outbox = await answerOutbox(request, env.KV)
      if (outbox) return outbox
      return worker.fetch?.(request, env, context) as Promise<Response>
    },
  }
}

type Sent = Parameters<NonNullable<ExportedHandler<Env>['fetch']>>[0]

/**
 * Returns the request as if it were sent to localhost, because an IP address is no site's host. Pages are redirected,
 * because cookies and security keys belong to the host in the address bar.
 */
function atLocalhost(request: Sent): Sent | Response {
  const url = new URL(request.url)
  if (!['127.0.0.1', '[::1]'].includes(url.hostname)) return request
  url.hostname = 'localhost'
  if (request.headers.get('Accept')?.includes('text/html'))
    return new Response(null, { status: 302, headers: { Location: url.href } })
  return new Request(url, request) as Sent
}
