import { describe, expect, it } from 'vitest'
import assetPaths from '../../dist/asset-paths.json'
import { Service } from '../support/service.ts'

describe('Every page', () => {
  it.each(['/login', '/forgot', '/reset', '/no/such/page'])(
    'names the stylesheet, the scripts and the icon by the digest of their content: %s',
    async (path) => {
      const headers = { Accept: 'text/html' }
      const { body } = await new Service().ask('GET', path, { headers })
      for (const name of ['style.css', 'script.js', 'security-keys.js', 'icon.svg'] as const)
        expect(body).toContain(`="${assetPaths[name]}"`)
    },
  )
})
