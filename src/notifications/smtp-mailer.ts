import { connect, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import MimeNode from 'nodemailer/lib/mime-node'
import SmtpConnection from 'nodemailer/lib/smtp-connection'
import { SECOND } from '../storage/clock.ts'
import { deliverableAddress } from '../users/email-address.ts'
import { AUTOMATIC_MAIL, type Mail, type Mailer } from './mailer.ts'
import type { SmtpServer } from './smtp-server.ts'
import { GivenUp } from './task-workers.ts'

/** For the whole delivery, so that a server that hangs or sends slowly costs no more. */
const DEADLINE_MS = 15 * SECOND

/** Far more than a server ever sends at once. */
const LONGEST_REPLY_BYTES = 16 * 1024

/**
 * Sends by SMTP submission (RFC 6409) with nodemailer over the runtime's sockets. Nothing is sent before TLS is
 * established, not even a username.
 */
export function smtpMailer(server: SmtpServer, from: string): Mailer {
  return {
    async send(mail, id) {
      const to = deliverableAddress(mail.to)
      if (to === null) throw new GivenUp('smtp: not an address that every server takes')
      const message = await composeMessage({ ...mail, to }, { from, id })
      await withinDeadline((isOver) =>
        deliver(server, { from: addressIn(from), to, message }, isOver),
      )
    },
  }
}

/** Runs work that ends, at the latest, when the deadline's promise rejects. */
async function withinDeadline(work: (isOver: Promise<never>) => Promise<void>): Promise<void> {
  let timer: number | null = null
  const isOver = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('smtp: too slow')), DEADLINE_MS)
  })
  isOver.catch(() => undefined)
  try {
    await work(isOver)
  } finally {
    clearTimeout(timer)
  }
}

type Message = Parameters<SmtpConnection['send']>[1]

async function deliver(
  server: SmtpServer,
  { from, to, message }: { from: string; to: string; message: Message },
  isOver: Promise<never>,
): Promise<void> {
  const { host, port, isImplicitTls, user, password } = server
  const socket = await openSocket(server, isOver)
  const connection = new SmtpConnection({
    host,
    port,
    servername: host,
    connection: socket,
    secure: isImplicitTls,
    secured: isImplicitTls,
    requireTLS: !isImplicitTls,
    name: domainOf(from),
    maxResponseSize: LONGEST_REPLY_BYTES,
    greetingTimeout: DEADLINE_MS,
    socketTimeout: DEADLINE_MS,
  })
  const closed = new Promise<never>((_, reject) => {
    connection.on('error', reject)
    connection.on('end', () => reject(new Error('closed')))
  })
  const done = (step: (callback: (error?: unknown) => void) => void) =>
    Promise.race([
      closed,
      isOver,
      new Promise<void>((resolve, reject) => step((error) => (error ? reject(error) : resolve()))),
    ])
  try {
    await done((callback) => connection.connect(callback))
    await done((callback) => connection.login({ credentials: { user, pass: password } }, callback))
    await done((callback) => connection.send({ from, to: [to] }, message, callback))
    connection.quit()
  } catch (error) {
    throw withoutDetails(error)
  } finally {
    connection.close()
  }
}

/**
 * Keeps only the stage and the code for the log, because a server's text may repeat an address or a name. A mailbox
 * that does not exist is given up; a policy refusal (5.7.x, RFC 3463 §3.8) may be ours to fix.
 */
function withoutDetails(error: unknown): Error {
  const {
    code = 'ECONNECTION',
    responseCode,
    response = '',
  } = error as {
    code?: string
    responseCode?: number
    response?: string
  }
  const message = `smtp: ${code}${responseCode === undefined ? '' : ` ${responseCode}`}`
  const isNoMailbox = code === 'EENVELOPE' && [550, 551, 553].includes(responseCode ?? 0)
  return isNoMailbox && !/^\d{3}[ -]5\.7\./.test(response)
    ? new GivenUp(message)
    : new Error(message)
}

async function openSocket(
  { host, port, isImplicitTls }: SmtpServer,
  isOver: Promise<never>,
): Promise<Socket> {
  let socket: Socket | undefined
  const opened = new Promise<Socket>((resolve, reject) => {
    const ready = () => socket && resolve(socket)
    socket = isImplicitTls
      ? connectSecurely({ host, port, servername: host }, ready)
      : connect({ host, port }, ready)
    socket.once('error', () =>
      reject(new Error('smtp: not connected, refused or of a certificate that is not trusted')),
    )
  })
  try {
    return await Promise.race([opened, isOver])
  } catch (error) {
    socket?.destroy()
    throw error
  }
}

/** The message as sent (RFC 5322, MIME). Repeated, it has the same Message-ID. */
async function composeMessage(
  { to, subject, text, html }: Mail,
  { from, id }: { from: string; id: string },
): Promise<Message> {
  const root = new MimeNode('multipart/alternative')
  const messageId = `<${id}@${domainOf(from)}>`
  root.setHeader({ from, to, subject, 'message-id': messageId, ...AUTOMATIC_MAIL })
  root.createChild('text/plain; charset=utf-8').setContent(text)
  root.createChild('text/html; charset=utf-8').setContent(html)
  return new Promise((resolve, reject) =>
    root.build((error, message) => (error || !message ? reject(error) : resolve(message))),
  )
}

/** The address in `jane@example.com` or `Jane <jane@example.com>`. */
function addressIn(mailbox: string): string {
  return /<([^<>]+)>$/.exec(mailbox)?.[1] ?? mailbox
}

function domainOf(mailbox: string): string {
  return addressIn(mailbox).replace(/^.*@/, '')
}
