import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { checkParameters, integer, text } from '../../src/http/check-parameters.ts'
import { API, SDK, Service } from '../support/service.ts'

const invalid = (name: string) => ({
  status: 400,
  body: {
    type: 'bad-request/request-params-invalid',
    error: `Request parameter invalid: ${name}`,
  },
})
const missing = (name: string) => ({
  status: 400,
  body: {
    type: 'bad-request/request-params-required',
    error: `Required request parameter missing: ${name}`,
  },
})

function post(body: Record<string, unknown> | string, headers: Record<string, string> = {}) {
  return new Service().ask('POST', `${API}/sessions`, { body, headers })
}

async function loggedIn() {
  const service = new Service()
  const user = await service.createUser(await service.createSite())
  const { body } = await service.logIn(user, { headers: SDK })
  return { service, user, headers: { 'X-FilesAPI-Auth': body.id as string } }
}

const contract = z.object({
  name: text(8).optional(),
  count: integer().optional().describe('How many'),
  flag: z.boolean().optional(),
  page: integer(),
})
const asText = (texts: Record<string, unknown>) =>
  checkParameters(contract, { texts: { page: '1', ...texts }, values: {} })
const asJson = (values: Record<string, unknown>) =>
  checkParameters(contract, { texts: {}, values: { page: 1, ...values } })

function expectInvalid(sent: Record<string, unknown>, check: () => unknown) {
  expect(check, JSON.stringify(sent)).toThrow(
    expect.objectContaining({
      type: 'bad-request/request-params-invalid',
      details: expect.objectContaining({ values: { name: Object.keys(sent)[0] } }),
    }),
  )
}

describe('The parameter check', () => {
  it('names the first missing required parameter, in exactly these words', async () => {
    expect(await post({})).toMatchObject(missing('username'))
    expect(await post({ password: 'x' })).toMatchObject(missing('username'))
    expect(await post({ username: 'x' })).toMatchObject(missing('password'))
  })

  it('treats null and the empty string as missing', async () => {
    for (const nothing of [null, ''])
      expect(await post({ username: nothing, password: 'x' })).toMatchObject(missing('username'))
    expect(await post('username=&password=x')).toMatchObject(missing('username'))
    expect(await post('username&password=x')).toMatchObject(missing('username'))
    expect(asJson({ name: null, count: '', flag: null })).toEqual({ page: 1 })
    expect(asText({ name: '', count: '', flag: '' })).toEqual({ page: 1 })
  })

  it('accepts optional parameters that are null or empty at a login', async () => {
    const { service, user } = await loggedIn()
    const { username, password } = user
    const answer = await service.logIn({ username, password, otp: null, locale: '', interface: '' })
    expect(answer.status).toBe(201)
  })

  it('ignores unknown parameters', async () => {
    const { service, user } = await loggedIn()
    const answer = await service.logIn({ ...user, unknown: { deep: [null] }, read_only: 7 })
    expect(answer.status).toBe(201)
    expect(asJson(JSON.parse('{"unknown":1,"__proto__":{"name":"x"}}'))).toEqual({ page: 1 })
  })

  it('treats names that objects inherit as missing', () => {
    const named = z.object({ toString: text(8).optional(), valueOf: text(8).optional() })
    expect(Object.keys(checkParameters(named, { texts: {}, values: {} }))).toEqual([])
  })

  it.each([7, 1e300, true, false, [], ['jane'], {}, { username: 'jane' }])(
    'names a text parameter that was sent as %j',
    async (value) => {
      expect(await post({ username: value, password: 'x' })).toMatchObject(invalid('username'))
      expect(await post({ username: 'x', password: value })).toMatchObject(invalid('password'))
    },
  )

  it('names a text parameter that a form sent as a list or nested', async () => {
    for (const form of ['username[]=jane', 'username[a]=jane', 'username[]'])
      expect(await post(`${form}&password=x`)).toMatchObject(invalid('username'))
  })

  it('names an invalid optional parameter', async () => {
    expect(await post({ username: 'x', password: 'x', otp: 123456 })).toMatchObject(invalid('otp'))
    expect(await post({ username: 'x', password: 'x', locale: 'x'.repeat(36) })).toMatchObject(
      invalid('locale'),
    )
  })

  it('accepts a text up to its limit and names a longer one', async () => {
    expect(asJson({ name: 'é'.repeat(8) })).toEqual({ page: 1, name: 'éééééééé' })
    expectInvalid({ name: 'é'.repeat(9) }, () => asJson({ name: 'é'.repeat(9) }))
    expect(await post({ password: 'x'.repeat(1024) })).toMatchObject(missing('username'))
    expect(await post({ username: 'x', password: 'x'.repeat(1025) })).toMatchObject(
      invalid('password'),
    )
  })

  it.each([
    ['NUL', '\u0000'],
    ['a tab', '\t'],
    ['a line feed', '\n'],
    ['a carriage return', '\r'],
    ['escape', '\u001b'],
    ['delete', '\u007f'],
    ['a C1 control', '\u0085'],
    ['a lone high surrogate', '\ud83d'],
    ['a lone low surrogate', '\ude00'],
    ['surrogates in the wrong order', '\ude00\ud83d'],
  ])('names a text with %s in any position', async (_, forbidden) => {
    for (const value of [forbidden, `a${forbidden}`, `${forbidden}a`, `a${forbidden}b`])
      expect(await post({ username: value, password: 'x' })).toMatchObject(invalid('username'))
    expect(await post({ username: 'x', password: `a${forbidden}` })).toMatchObject(
      invalid('password'),
    )
  })

  it('names a text with a control character in a form or a query', async () => {
    for (const encoded of ['%00', '%0A', '%7F', '%C2%85'])
      expect(await post(`username=a${encoded}b`)).toMatchObject(invalid('username'))
  })

  it('accepts text in every script, with its marks, joiners and directions', async () => {
    for (const username of [
      'Zoë',
      'Zoe\u0308',
      '李雷',
      'עברית',
      '👩‍👩‍👧',
      '\u202edrow',
      '\u{10ffff}',
      ' x ',
    ])
      expect(await post({ username })).toMatchObject(missing('password'))
  })

  it('never repeats a value in an error', async () => {
    const secret = 'correct horse'
    const sent = [
      { username: secret.repeat(999), password: secret },
      { username: 'x', password: `${secret}\0` },
      { username: 'x', password: [secret] },
      { username: 'x', [secret]: secret },
    ]
    for (const parameters of sent) {
      const { status, body } = await post(parameters)
      expect(status).toBe(400)
      expect(JSON.stringify(body)).not.toContain(secret)
    }
  })

  it('reads integers from a query', async () => {
    const { service, user, headers } = await loggedIn()
    for (const id of ['0', String(user.id), '', '-0'])
      expect(await service.ask('GET', `${API}/api_keys?user_id=${id}`, { headers })).toMatchObject({
        status: 200,
        body: [],
      })
    expect((await service.ask('GET', `${API}/api_keys?user_id=1`, { headers })).status).toBe(403)
  })

  it.each(['x', '1.5', '1e3', '0x10', ' 1', '1,', '١', '9007199254740992', '1'.repeat(400), 'NaN'])(
    'names an integer that a query sent as %s',
    async (value) => {
      const { service, headers } = await loggedIn()
      const path = `${API}/api_keys?user_id=${encodeURIComponent(value)}`
      expect(await service.ask('GET', path, { headers })).toMatchObject(invalid('user_id'))
    },
  )

  it('reads integers and booleans of a form, whether required or not', () => {
    expect(asText({ page: '-7', count: '9007199254740991' })).toEqual({
      page: -7,
      count: Number.MAX_SAFE_INTEGER,
    })
    for (const text of ['true', '1', 'on', 'yes', 'True', 'TRUE', 'Yes', 'ON'])
      expect(asText({ flag: text }).flag, text).toBe(true)
    for (const text of ['false', '0', 'off', 'no', 'False', 'FALSE', 'No', 'OFF'])
      expect(asText({ flag: text }).flag, text).toBe(false)
    expect(asText({ name: '7' }).name).toBe('7')
  })

  it('refuses form values that are no integer or boolean', () => {
    const wrong = [
      { flag: 'y' },
      { flag: 'oui' },
      { flag: '01' },
      { flag: '2' },
      { flag: 'constructor' },
      { flag: '__proto__' },
      { flag: ['true'] },
      { count: '1.0' },
      { count: '+1' },
      { count: '9007199254740992' },
      { count: ['1'] },
      { count: { a: '1' } },
      { page: 'one' },
    ]
    for (const texts of wrong) expectInvalid(texts, () => asText(texts))
  })

  it('accepts JSON integers and booleans as they are', () => {
    expect(asJson({ count: 0, flag: false })).toEqual({ page: 1, count: 0, flag: false })
    expect(asJson({ count: -(2 ** 53 - 1), flag: true })).toMatchObject({ count: 1 - 2 ** 53 })
    expect(asJson({ count: 1.0 }).count).toBe(1)
  })

  it('refuses text for numbers and numbers for text in JSON', () => {
    const wrong = [
      { count: '1' },
      { count: 1.5 },
      { count: 2 ** 53 },
      { count: JSON.parse('1e400') },
      { count: true },
      { flag: 'true' },
      { flag: 1 },
      { flag: 0 },
      { page: '1' },
      { name: 1 },
    ]
    for (const values of wrong) expectInvalid(values, () => asJson(values))
  })

  it('reads numbers from the query beside a JSON body, whose values win unless null', () => {
    const raw = { texts: { page: '2', count: '3' }, values: { count: 4, page: null } }
    expect(checkParameters(contract, raw)).toEqual({ page: 2, count: 4 })
  })
})
