/** The server that accepts email, and our account there. */
export interface SmtpServer {
  host: string
  port: number
  /** TLS from the first byte. Otherwise STARTTLS, without which nothing is sent. */
  isImplicitTls: boolean
  user: string
  password: string
}

/**
 * Reads `smtps://user:password@host[:465]` or `smtp://user:password@host[:587]`, percent-encoded.
 * @throws {TypeError} which repeats no part of the text
 */
export function readSmtpServer(text: string): SmtpServer {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !/^smtps?:$/.test(url.protocol) || url.hostname === '' || url.username === '')
    throw new TypeError('It has the form smtps://user:password@mail.example.com')
  const isImplicitTls = url.protocol === 'smtps:'
  return {
    host: url.hostname,
    port: url.port === '' ? (isImplicitTls ? 465 : 587) : Number(url.port),
    isImplicitTls,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  }
}
