import { createScheduledController } from 'cloudflare:test'
import { expect, inject, it } from 'vitest'
import { smtpMailer } from '../../src/notifications/smtp-mailer.ts'
import { readSmtpServer } from '../../src/notifications/smtp-server.ts'
import { HOUR, SECOND } from '../../src/storage/clock.ts'
import { createWorker } from '../../src/worker.ts'
import { LEAST_HASH_COST } from '../support/least-hash-cost.ts'
import { API, Service } from '../support/service.ts'
import { shortDeadlines } from '../support/short-deadlines.ts'

const SLIPS_IN = 'slips an answer in before TLS is up'
const DEADLINE_MS = 15 * SECOND

/** When TLS never comes up, workerd raises an error that cannot be caught here: see journeys/smtp.test.ts. */
const { [SLIPS_IN]: _, ...servers } = inject('oddMailServers')

it.each(Object.entries(servers))('Mail by SMTP waits when the server %s', async (name, port) => {
  const service = new Service()
  await service.createUser(await service.createSite(), { email: 'jane@example.com' })
  service.mailFails = true
  await service.ask('POST', `${API}/sessions/forgot`, { body: { username: 'sessionuser' } })
  expect(await waiting(service)).toEqual([{ kind: 'mail', attempts: 0 }])

  const server = readSmtpServer(`smtp://user:password@localhost:${port}`)
  const { clock } = service
  const worker = createWorker({
    clock,
    openMessengers: () => ({
      mailer: smtpMailer(server, 'latchkey@example.com'),
      texter: null,
    }),
    hashCost: LEAST_HASH_COST,
  })
  clock.advance(HOUR)
  const deadlines = name === 'never says a word' ? shortDeadlines(DEADLINE_MS) : null
  await worker.scheduled?.(createScheduledController(), service.env, {} as ExecutionContext)
  expect(deadlines?.times()).not.toBe(0)
  expect(await waiting(service)).toEqual([{ kind: 'mail', attempts: 1 }])
  const said = await fetch(
    `${inject('outsideWorld')}/said-to-mail-server?name=${encodeURIComponent(name)}`,
  )
  expect(await said.text()).not.toMatch(/AUTH|MAIL FROM|jane/)
})

async function waiting({ env }: Service) {
  const { results } = await env.DB_US_EAST_1.prepare('SELECT kind, attempts FROM outbox').all()
  return results
}
