import { describe, expect, it } from 'vitest'
import { accentStyle, contrast } from '../../src/ui/accent.ts'
import { API, SDK, Service } from '../support/service.ts'
import { TestBrowser } from '../support/test-browser.ts'

type Rgb = [number, number, number]

function rgb(hex: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as Rgb
}

function colorsOf(style: string) {
  const found = [...style.matchAll(/--(accent|on-accent): (#[0-9a-f]{6})/g)].map(([, , hex]) => hex)
  const [light, onLight, dark, onDark] = found.map((hex) => rgb(hex as string)) as [
    Rgb,
    Rgb,
    Rgb,
    Rgb,
  ]
  return { light, onLight, dark, onDark }
}

const STEPS = ['00', '33', '66', '99', 'cc', 'ff']
const everyColor = STEPS.flatMap((r) => STEPS.flatMap((g) => STEPS.map((b) => `#${r}${g}${b}`)))

describe('The accent color of a site', () => {
  it('is readable on the paper of either scheme and on its buttons, whatever it is', () => {
    const unreadable = everyColor.filter((color) => {
      const { light, onLight, dark, onDark } = colorsOf(accentStyle(color))
      const papers: [Rgb, string][] = [
        [light, '#ffffff'],
        [light, '#f5f6f8'],
        [dark, '#19202b'],
        [dark, '#10151d'],
      ]
      const ratios = papers.map(([ink, paper]) => contrast(ink, rgb(paper)))
      return Math.min(...ratios, contrast(light, onLight), contrast(dark, onDark)) < 4.5
    })
    expect(unreadable).toEqual([])
  })

  it('stays as it is when it is readable', () => {
    expect(accentStyle('#0b5fc4')).toContain('--accent: #0b5fc4; --on-accent: #ffffff')
  })

  it('is served as a stylesheet, and nothing else is', async () => {
    const service = new Service()
    const { status, headers } = await service.ask('GET', '/ui/accent/0b5fc4')
    expect([status, headers.get('Content-Type')]).toEqual([200, 'text/css; charset=utf-8'])
    for (const color of ['red', '0B5FC4', '0b5fcg', '..%2f..'])
      expect((await service.ask('GET', `/ui/accent/${color}`)).status).toBeGreaterThanOrEqual(400)
  })
})

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

async function withAdmin() {
  const service = new Service()
  const site = await service.createSite({ language: 'fr' })
  const admin = await service.createUser(site, { siteAdmin: true })
  await service.createSite({ subdomain: 'other', name: 'Other' })
  const { body: session } = await service.logIn(admin, { headers: SDK })
  const headers = { ...SDK, 'X-FilesAPI-Auth': session.id }
  const change = (body: Record<string, unknown>) =>
    service.ask('PATCH', `${API}/site`, { headers, body })
  const page = async (host: string, path = '/login') =>
    (await service.ask('GET', path, { host })).body as string
  return { service, change, page }
}

describe('The pages of a site', () => {
  it('show its name, color, logo and language at its own host, and nowhere else', async () => {
    const { service, change, page } = await withAdmin()
    const { status, body } = await change({
      name: 'Acme & Co',
      accent_color: '#AB1234',
      logo: PNG,
    })
    expect([status, body.name, body.accent_color]).toEqual([200, 'Acme & Co', '#ab1234'])
    const own = await page('mysite.localhost')
    for (const part of ['Acme &amp; Co', '/ui/accent/ab1234', body.logo, 'lang="fr"'])
      expect(own).toContain(part)
    expect(await page('mysite.localhost', '/login?locale=de')).toContain('lang="de"')
    for (const host of ['localhost', 'other.localhost'])
      expect(await page(host)).not.toMatch(/Acme|accent|logo\/|<html lang="fr">/)
    const picture = await service.ask('GET', body.logo, { host: 'mysite.localhost' })
    expect(picture.status).toBe(200)
    expect(picture.headers.get('Content-Type')).toBe('image/png')
    expect((await service.ask('GET', body.logo, { host: 'other.localhost' })).status).toBe(404)
    expect((await service.ask('GET', body.logo)).status).toBe(404)
  })

  it('lose what is cleared, and keep what was not sent', async () => {
    const { change, page } = await withAdmin()
    await change({ accent_color: '#ab1234', logo: PNG })
    const { body } = await change({ accent_color: '' })
    expect(body.accent_color).toBeNull()
    expect(body.logo).toMatch(/^\/ui\/logo\//)
    expect((await change({ logo: '' })).body.logo).toBeNull()
    expect(await page('mysite.localhost')).not.toMatch(/accent|logo\//)
  })

  it('accept only PNG, JPEG and WebP logos up to 32 KiB, and only valid colors', async () => {
    const { change, page } = await withAdmin()
    const svg = btoa('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')
    const large = btoa(atob(PNG) + 'x'.repeat(32_768))
    for (const logo of [svg, large, 'not base64 !', btoa('GIF89a')]) {
      const { status, body } = await change({ name: 'Changed', logo })
      expect([status, Object.keys(body.model_errors)]).toEqual([422, ['logo']])
    }
    for (const accent_color of ['red', '#12', '#12345g', 'url(x)'])
      expect((await change({ name: 'Changed', accent_color })).status).toBeGreaterThanOrEqual(400)
    expect(await page('mysite.localhost')).not.toContain('Changed')
  })

  it('show the site’s minimum password length on the reset page', async () => {
    const service = new Service()
    await service.createUser(await service.createSite(), { email: 'jo@example.com' })
    await service.ask('POST', `${API}/sessions/forgot`, { body: { username: 'sessionuser' } })
    const code = /code=([0-9a-f]{40})/.exec(service.mails.at(-1)?.text ?? '')?.[1]
    const shownAt = async (host: string) => {
      const browser = new TestBrowser(service)
      await browser.open(`http://${host}/reset?code=${code}&locale=en`)
      return (await browser.open(`http://${host}/reset?locale=en`)).body
    }
    expect(await shownAt('mysite.localhost')).toContain('At least 15 characters')
    expect(await shownAt('localhost')).not.toContain('At least')
  })
})
