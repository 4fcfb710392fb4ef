import { argon2id } from '../src/passwords/argon2id.ts'

/** The least that a Worker does for an answer; and for one with a row, or with a password hash. */
export default {
  async fetch(request, env): Promise<Response> {
    if (request.url.endsWith('/empty')) return new Response('ok')
    if (request.url.endsWith('/argon2id')) {
      const hash = await argon2id(SECRET, SALT, { memory: 19_456, passes: 2, lanes: 1 })
      return Response.json({ hash: Buffer.from(hash).toString('hex') })
    }
    const key = request.url.slice(request.url.indexOf('=') + 1)
    const row = await env.DB.prepare('SELECT * FROM sessions WHERE digest = ?').bind(key).first()
    return Response.json(row)
  },
} satisfies ExportedHandler<{ DB: D1Database }>

const SECRET = 'latchkey'.repeat(6).slice(0, 43)
const SALT = Uint8Array.from({ length: 16 }, (_, index) => index)
