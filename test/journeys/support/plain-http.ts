import { type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface PlainReply {
  status: number
  headers: IncomingHttpHeaders
  /** As sent, or '' when there is none. */
  body: string
}

/** Sends a request with only the given headers, Host and Content-Length. */
export function plainRequest(
  method: string,
  url: string,
  { headers = {}, body = '' }: { headers?: Record<string, string>; body?: string } = {},
): Promise<PlainReply> {
  return new Promise((resolve, reject) => {
    const length = body !== '' || method === 'POST' ? { 'Content-Length': bytesIn(body) } : {}
    const sent = request(url, { method, headers: { ...headers, ...length } }, (reply) => {
      const { statusCode: status = 0, headers } = reply
      text(reply).then((body) => resolve({ status, headers, body }), reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function bytesIn(body: string): string {
  return String(Buffer.byteLength(body))
}
