import { remembered } from './remembered.ts'
import { SDK, type Service } from './service.ts'

/** A site with an admin who is logged in. */
export const siteWithAdmin = remembered(
  async (
    service: Service,
    set: Parameters<Service['createSite']>[0] = {},
    headers: Record<string, string> = SDK,
  ) => {
    const site = await service.createSite(set)
    const admin = await service.createUser(site, { username: 'boss', siteAdmin: true })
    const { body } = await service.logIn(admin, { headers })
    return { site, admin, session: String(body.id) }
  },
)
