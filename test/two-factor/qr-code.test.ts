import { describe, expect, it } from 'vitest'
import { withSecondFactors } from '../support/second-factors.ts'
import { TestBrowser } from '../support/test-browser.ts'

const ORIGIN = 'http://mysite.localhost'

describe('The page that sets up an app', () => {
  it.each([
    ['株', 80],
    ['株', 160],
    ['é', 256],
    ['👩‍👩‍👧‍👦', 23],
    ['"<&>\'', 51],
  ])(
    'shows a QR code that a camera can read, whatever the site’s name: %s, %i times',
    async (part, times) => {
      const { service } = await withSecondFactors({ name: part.repeat(times) })
      const browser = new TestBrowser(service)
      const password = 'sessionuserpassword'
      await browser.send(`${ORIGIN}/login`, { username: 'sessionuser', password })
      const { headers } = await browser.send(`${ORIGIN}/account/2fa/app`, {})
      const { status, body } = await browser.open(`${ORIGIN}${headers.get('Location')}`)
      expect(status).toBe(200)
      const [, modules = 'none'] = /<svg [^>]*viewBox="0 0 (\d+) \d+"/.exec(body) ?? []
      expect(Number(modules)).toBeLessThan(90)
      expect(body).toMatch(/<a href="otpauth:\/\/totp\/[^"]*secret=[A-Z2-7]{32}/)
    },
  )
})
