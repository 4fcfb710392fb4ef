import type { Latchkey } from './latchkey.ts'

/** The part of a service that it needs. */
export type Operated = Pick<Latchkey, 'origin' | 'keys' | 'database' | 'dispatch'>

export interface Person {
  username: string
  password: string
  email: string
}

/** A separate site whose users have names of their own. */
export interface OwnSite {
  subdomain: string
  /** The origin of its own host. */
  origin: string
  user: Person
  admin: Person
}

let names = 0

/** A unique name with this prefix. */
export function unlike(name: string): string {
  return `${name}${++names}${Math.random().toString(36).slice(2, 8)}`
}

/** Creates a site with a user and an admin in a service that tests share. */
export async function ownSite(latchkey: Operated): Promise<OwnSite> {
  const tag = unlike('')
  const subdomain = `mysite${tag}`
  await operate(latchkey, '/sites', { subdomain, region: 'us-east-1', name: 'My Site' })
  const person = async (name: string, others: Record<string, unknown>): Promise<Person> => {
    const username = `${name}${tag}`
    const one = { username, password: `${name}password`, email: `${username}@example.com` }
    const rights = { site: subdomain, email_verified: true, welcome: false }
    await operate(latchkey, '/users', { ...one, ...rights, ...others })
    return one
  }
  const user = await person('sessionuser', {})
  const admin = await person('siteadmin', { site_admin: true })
  // A password set by somebody else must be changed at the first login.
  const database = await latchkey.database('DB_US_EAST_1')
  await database
    .prepare(
      `UPDATE users SET require_password_change = 0
      WHERE username IN ('${user.username}', '${admin.username}')`,
    )
    .run()
  return { subdomain, origin: latchkey.origin.replace('//', `//${subdomain}.`), user, admin }
}

async function operate({ dispatch, keys }: Operated, path: string, body: object): Promise<void> {
  const reply = await dispatch(`/operator/v1${path}`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${keys.OPERATOR_TOKEN}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify(body),
  })
  if (reply.status !== 201) throw new Error(`${path}: ${reply.status} ${await reply.text()}`)
}
