import { createExecutionContext } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { forgetCookie, setCookie } from '../../src/http/cookies.ts'
import { withLocalCookies } from '../../src/local/local-cookies.ts'
import { env } from '../support/env.ts'

/** The cookies that the production Worker reads and sets, and those of a browser on a developer's machine. */
async function exchange(sent: string | null, set: string[] = []) {
  let read: string | null = null
  const worker = withLocalCookies({
    async fetch(request) {
      read = request.headers.get('Cookie')
      const reply = new Response(null, { status: 303, headers: { Location: '/account' } })
      for (const cookie of set) reply.headers.append('Set-Cookie', cookie)
      return reply
    },
  })
  const request = new Request(
    'http://localhost/login',
    sent === null ? {} : { headers: { Cookie: sent } },
  )
  const reply = (await worker.fetch?.(request as never, env, createExecutionContext())) as Response
  return { read, status: reply.status, headers: reply.headers }
}

describe('A cookie of the local service', () => {
  it.each(['__Host-latchkey', '__Host-latchkey-check', '__Host-latchkey-device'] as const)(
    'is neither Secure nor prefixed, and otherwise as in production: %s',
    async (name) => {
      const { status, headers } = await exchange(null, [setCookie(name, 'a; Secure', 600)])
      expect([status, headers.get('Location')]).toEqual([303, '/account'])
      const local = name.replace('__Host-latchkey', 'latchkey-local')
      const [pair, ...attributes] = headers.getSetCookie().join().split('; ')
      expect(pair).toBe(`${local}=a%3B%20Secure`)
      expect(attributes.toSorted()).toEqual(['HttpOnly', 'Max-Age=600', 'Path=/', 'SameSite=Lax'])
      const { read } = await exchange(`other=1; ${pair}`)
      expect(read).toBe(`other=1; ${name}=a%3B%20Secure`)
    },
  )

  it('gets its own Set-Cookie header, however many there are', async () => {
    const set = [setCookie('__Host-latchkey', 'a'), forgetCookie('__Host-latchkey-second-step')]
    const { headers } = await exchange(null, set)
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^latchkey-local=a; /),
      expect.stringMatching(/^latchkey-local-second-step=; Max-Age=0; /),
    ])
  })

  it('is read under its own name only', async () => {
    const { read } = await exchange(
      '__Host-latchkey=old; latchkey-local=new;__Host-latchkey-check=1',
    )
    expect(read).toBe('__Host-latchkey=new')
    expect((await exchange(null)).read).toBeNull()
  })
})
