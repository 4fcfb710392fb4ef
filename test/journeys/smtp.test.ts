import { afterEach, describe, expect, it } from 'vitest'
import { OddMailServers } from '../support/odd-mail-servers.ts'
import { API, type Latchkey, startLatchkey } from './support/latchkey.ts'
import { MailServer } from './support/mail-server.ts'

let latchkey: Latchkey | undefined
const servers: { stop(): unknown }[] = []

afterEach(async () => {
  await latchkey?.stop()
  for (const server of servers.splice(0)) await server.stop()
})

/** The built Worker, which sends mail through this server, with a user who has an email address. */
async function mailingBy(url: string): Promise<Latchkey> {
  latchkey = await startLatchkey('src/index.ts', {
    MAIL_TRANSPORT: 'smtp',
    SMTP_URL: url,
    MAIL_FROM: 'Latchkey <latchkey@example.com>',
  })
  const ask = (path: string, body: Record<string, unknown>) =>
    fetch(`${latchkey?.origin}/operator/v1${path}`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${latchkey?.keys.OPERATOR_TOKEN}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify(body),
    })
  await ask('/sites', { subdomain: 'acme', region: 'us-east-1', name: 'Äcme ✓' })
  const user = { username: 'jane', site: 'acme', email: 'jane@example.com' }
  const made = await ask('/users', {
    ...user,
    password: 'a quiet lamp by the window',
    welcome: false,
  })
  expect(made.status).toBe(201)
  return latchkey
}

async function forgot({ origin }: Latchkey, locale = 'de'): Promise<void> {
  const body = new URLSearchParams({ username: 'jane', locale })
  const reply = await fetch(`${origin}${API}/sessions/forgot`, { method: 'POST', body })
  expect(reply.status).toBe(204)
}

async function waiting(service: Latchkey) {
  const database = await service.database('DB_US_EAST_1')
  const { results } = await database.prepare('SELECT kind, attempts FROM outbox').all()
  return results
}

/** Makes everything in the outbox due now. */
async function runCronLater(service: Latchkey): Promise<void> {
  const database = await service.database('DB_US_EAST_1')
  await database.prepare('UPDATE outbox SET next_attempt_at = 0').run()
  await service.runCron()
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(isSo).toBe(true)
}

describe('Mail by SMTP', () => {
  it.each([
    ['by implicit TLS', 'smtps', { secure: true }],
    ['by STARTTLS', 'smtp', {}],
    ['by STARTTLS and AUTH LOGIN', 'smtp', { authMethods: ['LOGIN'] }],
  ] satisfies [string, 'smtp' | 'smtps', object][])(
    'arrives %s, as plain text and HTML, under TLS',
    async (_, scheme, options) => {
      const server = await new MailServer(options).start()
      servers.push(server)
      const service = await mailingBy(server.url(scheme))
      await forgot(service)
      await until(() => server.mails.length === 1)
      const [mail] = server.mails
      expect(mail?.to).toEqual([{ address: 'jane@example.com', name: '' }])
      expect(mail?.from).toEqual({ address: 'latchkey@example.com', name: 'Latchkey' })
      expect(mail?.subject).toBe('Neues Passwort wählen')
      const link = /http:\/\/acme\.localhost:\d+\/reset\?code=[0-9a-f]{40}/
      expect(mail?.text).toMatch(link)
      expect(mail?.text).toContain('Äcme ✓')
      expect(mail?.html).toMatch(link)
      expect(mail?.messageId).toMatch(/^<\d+@example\.com>$/)
      const header = (name: string) => mail?.headers.find(({ key }) => key === name)?.value
      expect(header('auto-submitted')).toBe('auto-generated')
      expect(header('x-auto-response-suppress')).toBe('All')
      expect(server.passwordsUnderTls).toEqual([true])
      await until(async () => (await waiting(service)).length === 0)
    },
  )

  it('arrives with the cron when the server was down at first', async () => {
    const server = await new MailServer().start()
    servers.push(server)
    const service = await mailingBy(server.url('smtp'))
    await server.stop()
    await forgot(service)
    await until(async () => (await waiting(service))[0]?.kind === 'mail')
    await server.start()
    await runCronLater(service)
    expect(server.mails).toHaveLength(1)
    expect(await waiting(service)).toEqual([])
  })

  it('waits while the password is refused, and is given up when the mailbox is refused', async () => {
    const server = await new MailServer({
      onRcptTo: (_, __, callback) =>
        callback(Object.assign(new Error('no such mailbox'), { responseCode: 550 })),
    }).start()
    servers.push(server)
    const service = await mailingBy(server.url('smtp', 'another'))
    await forgot(service)
    await until(() => server.passwordsUnderTls.length === 1)
    await until(async () => (await waiting(service))[0]?.kind === 'mail')
    expect(server.mails).toEqual([])

    await service.stop()
    const other = await mailingBy(server.url('smtp'))
    await forgot(other)
    await until(() => server.passwordsUnderTls.length === 2)
    await until(async () => (await waiting(other)).length === 0)
    expect(server.mails).toEqual([])
  })

  it('waits while the server’s policy refuses it, since the operator may fix that', async () => {
    const server = await new MailServer({
      onRcptTo: (_, __, callback) =>
        callback(Object.assign(new Error('5.7.1 relaying denied'), { responseCode: 550 })),
    }).start()
    servers.push(server)
    const service = await mailingBy(server.url('smtp'))
    await forgot(service)
    await until(() => server.passwordsUnderTls.length === 1)
    await runCronLater(service)
    expect(await waiting(service)).toMatchObject([{ kind: 'mail', attempts: 1 }])
  })

  it('sends neither the password nor the recipient to a server without TLS', async () => {
    const server = await new MailServer({
      disabledCommands: ['STARTTLS'],
      hideSTARTTLS: true,
      allowInsecureAuth: true,
    }).start()
    servers.push(server)
    const service = await mailingBy(server.url('smtp'))
    await forgot(service)
    await until(async () => (await waiting(service))[0]?.kind === 'mail')
    await runCronLater(service)
    expect([server.passwordsUnderTls, server.mails]).toEqual([[], []])
    expect(await waiting(service)).toMatchObject([{ kind: 'mail', attempts: 1 }])
  })

  it('waits when the server slips in an answer before TLS is up', async () => {
    const server = await new OddMailServers().start()
    servers.push(server)
    const name = 'slips an answer in before TLS is up'
    const service = await mailingBy(`smtp://user:password@localhost:${server.ports[name]}`)
    await forgot(service)
    await until(async () => (await waiting(service))[0]?.kind === 'mail')
    await runCronLater(service)
    expect(await waiting(service)).toMatchObject([{ kind: 'mail', attempts: 1 }])
    expect(server.saidTo(name)).toContain('STARTTLS')
    expect(server.saidTo(name)).not.toMatch(/AUTH|MAIL FROM|jane/)
  })
})
