import { type TOTP, URI } from 'otpauth'
import { API, SDK, Service } from './service.ts'

export const right = { username: 'sessionuser', password: 'sessionuserpassword' }

/** A service with a user, and their actions with 2FA methods. */
export async function withSecondFactors(
  site = {},
  user = {},
  changes: ConstructorParameters<typeof Service>[0] = {},
) {
  const service = new Service(changes)
  const home = await service.createSite(site)
  const { id: userId } = await service.createUser(home, { email: 'jo@example.com', ...user })
  const by = (session: string) => {
    const headers = { ...SDK, 'X-FilesAPI-Auth': session }
    return (method: string, path: string, body?: Record<string, unknown>, more = {}) =>
      service.ask(method, `${API}${path}`, {
        headers: { ...headers, ...more },
        ...(body && { body }),
      })
  }
  const logIn = (more: Record<string, unknown> = {}) =>
    service.logIn({ ...right, ...more }, { headers: SDK })
  /** Sets up an authenticator app, whose codes follow the clock of the service. */
  const addApp = async (session: string, name = 'phone') => {
    const ask = by(session)
    const { body } = await ask('POST', '/2fa', { method_type: 'totp', name })
    const app = URI.parse(body.totp_provisioning_uri) as TOTP
    const code = () => app.generate({ timestamp: service.clock() })
    const done = await ask('PATCH', `/2fa/${body.id}`, { otp: code() })
    const recoveryCodes: string[] = done.body.recovery_codes ?? []
    // The code that completed it is used up.
    service.clock.advance(30_000)
    return { id: body.id as number, code, recoveryCodes, created: body, done }
  }
  const withApp = async () => {
    const { body } = await logIn()
    return { session: body.id as string, ...(await addApp(body.id)) }
  }
  return { service, home, userId, by, logIn, addApp, withApp, clock: service.clock }
}
