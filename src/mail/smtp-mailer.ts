import { connect, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import MimeNode from 'nodemailer/lib/mime-node'
import SmtpConnection from 'nodemailer/lib/smtp-connection'
import { GivenUp } from '../outbox/work-outbox.ts'
import { SECOND } from '../platform/clock.ts'
import type { Mail, Mailer } from './mailer.ts'
import type { SmtpServer } from './smtp-server.ts'

/** For the whole delivery: a server that hangs costs no more. */
const DEADLINE_MS = 15 * SECOND

/**
 * Sends by SMTP submission (RFC 6409), by nodemailer over the runtime's sockets. Nothing is sent, and
 * nobody named, before TLS is up.
 */
export function smtpMailer(server: SmtpServer, from: string): Mailer {
  return {
    async send(mail, id) {
      const message = await composeMessage(mail, { from, id })
      const socket = await openSocket(server)
      const connection = new SmtpConnection({
        ...{ host: server.host, port: server.port, servername: server.host },
        ...{ connection: socket as never, secure: server.isImplicitTls },
        ...{ secured: server.isImplicitTls, requireTLS: !server.isImplicitTls },
        ...{ name: domainOf(from), greetingTimeout: DEADLINE_MS, socketTimeout: DEADLINE_MS },
      })
      try {
        await deliver(connection, server, { from: addressIn(from), to: mail.to, message })
      } finally {
        connection.close()
      }
    },
  }
}

interface Delivery {
  from: string
  to: string
  message: Uint8Array
}

async function deliver(
  connection: SmtpConnection,
  { user, password }: SmtpServer,
  { from, to, message }: Delivery,
): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    connection.on('error', reject)
    connection.on('end', () => reject(new Error('closed')))
    setTimeout(() => reject(new Error('too slow')), DEADLINE_MS)
  })
  const done = (step: (callback: (error?: unknown) => void) => void) =>
    Promise.race([
      failed,
      new Promise<void>((resolve, reject) => step((error) => (error ? reject(error) : resolve()))),
    ])
  try {
    await done((callback) => connection.connect(callback))
    await done((callback) => connection.login({ credentials: { user, pass: password } }, callback))
    await done((callback) => connection.send({ from, to: [to] }, message as never, callback))
    connection.quit()
  } catch (error) {
    throw sayOnlyWhere(error)
  }
}

/** A server's words may repeat an address or a name: what is logged is the stage and the code alone. */
function sayOnlyWhere(error: unknown): Error {
  const { code = 'ECONNECTION', responseCode } = error as { code?: string; responseCode?: number }
  const message = `smtp: ${code}${responseCode === undefined ? '' : ` ${responseCode}`}`
  const isRefusedForGood = /^(EENVELOPE|EMESSAGE)$/.test(code) && (responseCode ?? 0) >= 500
  return isRefusedForGood ? new GivenUp(message) : new Error(message)
}

function openSocket({ host, port, isImplicitTls }: SmtpServer): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail('too slow'), DEADLINE_MS)
    const opened = () => {
      clearTimeout(timer)
      resolve(socket)
    }
    const fail = (why: string) => {
      clearTimeout(timer)
      socket.destroy()
      reject(new Error(`smtp: not connected, ${why}`))
    }
    const socket = isImplicitTls
      ? connectSecurely({ host, port, servername: host }, opened)
      : connect({ host, port }, opened)
    socket.once('error', () => fail('refused, or its certificate is not trusted'))
  })
}

/** The message as it travels (RFC 5322, MIME). Sent again it bears the same Message-ID. */
async function composeMessage(
  { to, subject, text, html }: Mail,
  { from, id }: { from: string; id: string },
): Promise<Uint8Array> {
  const root = new MimeNode('multipart/alternative')
  root.setHeader({
    ...{ from, to, subject },
    'message-id': `<${id}@${domainOf(from)}>`,
    'auto-submitted': 'auto-generated',
  })
  root.createChild('text/plain; charset=utf-8').setContent(text)
  root.createChild('text/html; charset=utf-8').setContent(html)
  return new Promise((resolve, reject) =>
    root.build((error: unknown, message?: Uint8Array) =>
      error || !message ? reject(error) : resolve(message),
    ),
  )
}

/** Of `jane@example.com` or `Jane <jane@example.com>`. */
function addressIn(mailbox: string): string {
  return /<([^<>]+)>$/.exec(mailbox)?.[1] ?? mailbox
}

function domainOf(mailbox: string): string {
  return addressIn(mailbox).replace(/^.*@/, '')
}
