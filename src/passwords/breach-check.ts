import { askOutside } from '../http/ask-outside.ts'
import { rootMessage, warn } from '../http/log.ts'
import { SECOND } from '../storage/clock.ts'

/** Several times the size of a range. */
const LIMITS = { milliseconds: 2 * SECOND, bytes: 512 * 1024 }

/**
 * Asks a service with Have I Been Pwned's range API whether a password has been leaked. The service learns the first
 * 20 bits of a SHA-1, which thousands of passwords share.
 */
export class BreachCheck {
  readonly #endpoint: URL

  /** @param endpoint set by the operator, such as https://api.pwnedpasswords.com/range/ */
  constructor(endpoint: URL) {
    this.#endpoint = endpoint
  }

  /** False, with a line in the log, if the service does not reply. */
  async knows(password: string): Promise<boolean> {
    try {
      const digest = await sha1(password)
      const suffix = digest.slice(5)
      const range = await this.#range(digest.slice(0, 5))
      return range.split(/\r?\n/).some((line) => {
        const [listed, times] = line.split(':')
        return listed === suffix && Number(times) > 0
      })
    } catch (error) {
      warn('breach check', rootMessage(error))
      return false
    }
  }

  async #range(prefix: string): Promise<string> {
    const headers = { 'Add-Padding': 'true', 'User-Agent': 'Latchkey' }
    const reply = await askOutside(new URL(prefix, this.#endpoint), { headers }, LIMITS)
    if (!reply.ok) throw new Error(`the breach check answered ${reply.status}`)
    return reply.text()
  }
}

/** Upper-case hex, as the range API writes it. */
async function sha1(password: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(password))
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()
}
