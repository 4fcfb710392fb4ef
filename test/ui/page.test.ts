import { describe, expect, it } from 'vitest'
import { describeRoutes, routes } from '../../src/routes.ts'
import { Service } from '../support/service.ts'

describe('GET /docs', () => {
  it('shows every call and object of the description', async () => {
    const { body } = await new Service().ask('GET', '/docs')
    expect(body).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(body.match(/<h3[^>]*><code><span class="method">/g)).toHaveLength(routes.length)
    const { paths, components } = JSON.parse(JSON.stringify(describeRoutes()))
    for (const path of Object.keys(paths)) expect(body).toContain(`</span> ${path}</code>`)
    for (const name of Object.keys(components.schemas)) expect(body).toContain(`id="${name}"`)
  })

  it('shows the examples for the configured origin, whatever host is asked', async () => {
    const service = new Service({ GLOBAL_ORIGIN: 'http://login.test' })
    for (const host of ['login.test', 'evil.example']) {
      const { body } = await service.ask('GET', '/docs', { host })
      expect(body).toContain('curl -s http://login.test/health')
      expect(body).not.toContain('evil')
    }
  })

  it('may be kept, and is asked for again by its ETag', async () => {
    const service = new Service()
    for (const [path, type] of [
      ['/docs', 'text/html; charset=utf-8'],
      ['/docs/style.css', 'text/css; charset=utf-8'],
    ] as const) {
      const { status, headers } = await service.ask('GET', path)
      expect([status, headers.get('Content-Type')]).toEqual([200, type])
      expect(headers.get('Cache-Control')).toBe('public, max-age=300')
      const again = { 'If-None-Match': headers.get('ETag') ?? '' }
      expect((await service.ask('GET', path, { headers: again })).status).toBe(304)
    }
  })

  it('may take its style from the service, and nothing else from anywhere', async () => {
    const { headers } = await new Service().ask('GET', '/docs')
    expect(headers.get('Content-Security-Policy')).toBe(
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
  })

  it('keeps to the rules of every other address', async () => {
    const service = new Service()
    const { status, headers } = await service.ask('POST', '/docs')
    expect([status, headers.get('Allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
    const onHttps = new Service({ GLOBAL_ORIGIN: 'https://login.test' })
    expect((await onHttps.ask('GET', '/docs', { host: 'login.test' })).status).toBe(400)
  })
})
