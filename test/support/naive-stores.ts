import { vi } from 'vitest'
import { LoginLedger } from '../../src/login/login-ledger.ts'
import { PasswordLedger } from '../../src/login/password-ledger.ts'
import { RefusalLedger } from '../../src/login/refusal-ledger.ts'
import { SessionStore } from '../../src/sessions/session-store.ts'
import { env } from './env.ts'

/**
 * Stores as a first attempt would write them: they trust what was read, and write without a condition. They show that
 * the tests of races and stale reads can fail.
 */
export function useNaiveStores(): void {
  vi.spyOn(LoginLedger.prototype, 'start').mockImplementation(async (_, judged, { row }) => {
    const { id, digest, siteId, userId, credentialVersion, epoch } = row
    const { createdAt, lastUsedAt, timeoutAt, endsAt } = row
    await env.DB_US_EAST_1.prepare(
      `INSERT INTO keyed_sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, '', 0, 0, NULL)`,
    )
      .bind(
        id,
        digest,
        siteId,
        userId,
        credentialVersion,
        epoch,
        createdAt,
        lastUsedAt,
        timeoutAt,
        endsAt,
      )
      .run()
    return { started: true, known: { ...judged, lockedUntil: null } }
  })
  vi.spyOn(RefusalLedger.prototype, 'record').mockImplementation(async (_, judged) => ({
    ...judged,
    lockedUntil: null,
  }))
  vi.spyOn(PasswordLedger.prototype, 'change').mockImplementation(
    async ({ user, passwordHash }) => {
      await env.DB_US_EAST_1.prepare(
        'UPDATE users SET password_hash = ?, credential_version = ? WHERE id = ?',
      )
        .bind(passwordHash, user.credentialVersion + 1, user.id)
        .run()
      return true
    },
  )
  vi.spyOn(SessionStore.prototype, 'end').mockImplementation(async (key) => {
    const [column, value] = 'digest' in key ? ['digest', key.digest] : ['id', key.id]
    const found = await env.DB_US_EAST_1.prepare(
      `SELECT id FROM keyed_sessions WHERE ${column} = ?`,
    )
      .bind(value)
      .first()
    await env.DB_US_EAST_1.prepare(`DELETE FROM keyed_sessions WHERE ${column} = ?`)
      .bind(value)
      .run()
    return found !== null
  })
}
