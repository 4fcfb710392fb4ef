import { formerName } from '../../src/users/username.ts'
import { env } from './env.ts'
import type { Service } from './service.ts'

type Site = Awaited<ReturnType<Service['createSite']>>

/**
 * A user as they were created when names and email addresses were only lower-cased: their row, and their one entry in
 * the directory.
 */
export async function userWithFormerName(
  service: Service,
  site: Site,
  { username, email = null }: { username: string; email?: string | null },
) {
  const user = await service.createUser(site, { username: `before ${crypto.randomUUID()}` })
  const { directory } = await service.open()
  const usernameKey = formerName(username)
  const claim = await directory.claim([usernameKey], site.region, {
    now: service.clock(),
    insertedBy: async () => false,
  })
  if (!claim || !(await directory.confirm(claim, service.clock()))) throw new Error('name taken')
  const emailKey = email && formerName(email)
  await databaseOf(site)
    .prepare(
      `UPDATE users SET username = ?, username_key = ?, username_skeleton = NULL, email = ?,
        email_key = ?, verified_email_key = ? WHERE id = ?`,
    )
    .bind(username, usernameKey, email, emailKey, emailKey, user.id)
    .run()
  return { ...user, username, email }
}

export function databaseOf({ region }: Pick<Site, 'region'>): D1Database {
  return region.name === 'us-east-1' ? env.DB_US_EAST_1 : env.DB_EU_CENTRAL_1
}
