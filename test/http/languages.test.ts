import { describe, expect, it } from 'vitest'
import { messagesFor } from '../../src/messages/messages.ts'
import { env } from '../support/env.ts'
import { API, SDK, Service } from '../support/service.ts'

const wrong = { username: 'sessionuser', password: 'wrong' }
const right = { username: 'sessionuser', password: 'sessionuserpassword' }

describe('The language of a text', () => {
  const languageOf = async (
    service: Service,
    parameters: Record<string, unknown>,
    headers: Record<string, string> = {},
  ) => {
    const { body, headers: sent } = await service.logIn(parameters, { headers })
    expect(body.error).toBe(
      messagesFor(sent.get('Content-Language') as 'en').problems[
        body.type as 'not-authenticated/invalid-username-or-password'
      ],
    )
    return sent.get('Content-Language')
  }

  it('is the best match of Accept-Language, else English', async () => {
    const service = new Service()
    expect(await languageOf(service, wrong)).toBe('en')
    expect(await languageOf(service, wrong, { 'Accept-Language': 'es' })).toBe('es')
    expect(
      await languageOf(service, wrong, { 'Accept-Language': 'ja, fr-CA;q=0.8, de;q=0.9' }),
    ).toBe('de')
    expect(await languageOf(service, wrong, { 'Accept-Language': 'ja' })).toBe('en')
  })

  it.each([
    ['de;q=0', 'en'],
    ['de;q=0, fr;q=0.1', 'fr'],
    ['es;q=0.000, *;q=0.5', 'en'],
    ['en;q=0, de;q=0.0', 'en'],
    ['de_AT', 'de'],
  ])('ignores languages of weight 0: %s', async (header, language) => {
    expect(await languageOf(new Service(), wrong, { 'Accept-Language': header })).toBe(language)
  })

  it.each([
    ['de_DE', 'de'],
    ['fr_CA.UTF-8', 'fr'],
    ['ES', 'es'],
    ['es_419', 'es'],
    ['den', 'en'],
  ])('accepts a locale in the form that programs write: %s', async (locale, language) => {
    expect(await languageOf(new Service(), { ...wrong, locale })).toBe(language)
  })

  it('is the locale parameter’s before all others', async () => {
    const service = new Service()
    const asked = { ...wrong, locale: 'fr-CH' }
    expect(await languageOf(service, asked, { 'Accept-Language': 'es' })).toBe('fr')
  })

  it('is the user’s, else the site’s, for a session', async () => {
    const service = new Service()
    await service.createUser(await service.createSite())
    const { body: session } = await service.logIn(right, { headers: SDK })
    const languageOfRefusal = async () =>
      (
        await service.ask('GET', `${API}/api_keys?user_id=7`, {
          headers: { 'X-FilesAPI-Auth': session.id, 'Accept-Language': 'es' },
        })
      ).headers.get('Content-Language')
    expect(await languageOfRefusal()).toBe('es')
    await env.DB_US_EAST_1.prepare("UPDATE sites SET language = 'de'").run()
    expect(await languageOfRefusal()).toBe('de')
    await env.DB_US_EAST_1.prepare("UPDATE users SET language = 'fr'").run()
    expect(await languageOfRefusal()).toBe('fr')
  })

  it('does not reveal who has an account: a refused login never uses the user’s language', async () => {
    const service = new Service()
    await service.createUser(await service.createSite({ language: 'de' }), { language: 'fr' })
    expect(await languageOf(service, wrong)).toBe('en')
  })

  it('never changes the error type', async () => {
    const types = new Set<string>()
    for (const language of ['en', 'es', 'de', 'fr'])
      types.add((await new Service().logIn({ ...wrong, locale: language })).body.type)
    expect(types.size).toBe(1)
  })
})
