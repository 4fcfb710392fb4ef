import type { BrowserContext } from 'playwright-core'
import { hiddenFields } from '../../support/hidden-fields.ts'
import type { Person } from './own-site.ts'

type Credentials = Pick<Person, 'username' | 'password'>

/** Sends the login form without a browser; returns the session's cookie if a session started. */
export async function sessionOf(
  origin: string,
  { username, password }: Credentials,
): Promise<string | undefined> {
  const page = await fetch(`${origin}/login`)
  const form = hiddenFields(await page.text(), '/login')
  const Cookie = page.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
  const reply = await fetch(`${origin}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: { Origin: origin, Cookie },
    body: new URLSearchParams({ ...form, username, password }),
  })
  return /__Host-latchkey=([0-9a-f]{40})/.exec(reply.headers.getSetCookie().join())?.[1]
}

/** Gives a browser a session, for tests that are not about the login. */
export async function logInto(
  context: BrowserContext,
  origin: string,
  user: Credentials,
): Promise<void> {
  const value = await sessionOf(origin, user)
  if (value === undefined) throw new Error(`${user.username} is not logged in`)
  await context.addCookies([
    {
      name: '__Host-latchkey',
      value,
      domain: new URL(origin).hostname,
      path: '/',
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
    },
  ])
}
