import { Agent, request as startRequest } from 'node:http'

export interface Ask {
  method: string
  path: string
  headers?: Record<string, string>
  body?: unknown
}

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

/** Asks a Worker on this machine, over a connection that is kept. */
export function ask(port: number, asked: Ask): Promise<Answer> {
  const { method, path, headers, body } = asked
  const sent = body === undefined ? undefined : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const asking = startRequest(
      {
        agent,
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: {
          host: 'localhost',
          ...(sent !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(sent),
          }),
          ...headers,
        },
      },
      (reply) => {
        let text = ''
        reply.setEncoding('utf8')
        reply.on('data', (chunk) => {
          text += chunk
        })
        reply.on('end', () =>
          resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text }),
        )
        reply.on('error', reject)
      },
    )
    // A connection that was kept may be closed as it is used again (Node.js, http, `request.reusedSocket`).
    asking.on('error', (error: NodeJS.ErrnoException) => {
      if (asking.reusedSocket && error.code === 'ECONNRESET') resolve(ask(port, asked))
      else reject(error)
    })
    asking.end(sent)
  })
}

/** @throws when the answer is not the one that was to be expected: then there is no figure */
export function expectAnswer(
  answer: Answer,
  status: number,
  isRight: (text: string) => boolean = () => true,
): void {
  if (answer.status !== status || !isRight(answer.text))
    throw new Error(`a wrong answer: ${answer.status} ${answer.text.slice(0, 300)}`)
}
