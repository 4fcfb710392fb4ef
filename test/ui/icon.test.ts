import { describe, expect, it } from 'vitest'
import { Service } from '../support/service.ts'

const hosts = [
  'localhost',
  'us-east-1.localhost',
  'eu-central-1.localhost',
  'mysite.localhost',
  'nobody.localhost',
  'files.acme.example',
]

describe('The icon', () => {
  it.each([
    ['/favicon.ico', 'image/vnd.microsoft.icon'],
    ['/ui/icon.svg', 'image/svg+xml'],
  ])('is given at every host to whoever asks: %s', async (path, mediaType) => {
    const service = new Service()
    await service.createSite()
    for (const host of hosts) {
      const { status, headers, trips } = await service.ask('GET', path, { host })
      expect([host, status, headers.get('Content-Type'), trips]).toEqual([host, 200, mediaType, []])
      expect(headers.get('Cache-Control')).toBe('public, max-age=86400')
    }
  })

  it.each(['/login', '/forgot', '/docs', '/no/such/page'])(
    'is named by every page: %s',
    async (path) => {
      const headers = { Accept: 'text/html' }
      const { body } = await new Service().ask('GET', path, { headers })
      expect(body).toContain('<link rel="icon" href="/ui/icon.svg" type="image/svg+xml"/>')
    },
  )
})
