import { describe, expect, it } from 'vitest'
import {
  BODY_LIMIT_BYTES,
  type RawParameters,
  readParameters,
} from '../../src/http/read-parameters.ts'
import { API, type Ask, SDK, Service } from '../support/service.ts'

const JSON_TYPE = { 'Content-Type': 'application/json' }
const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' }

/** The reply to a login without a password: only the username was read. */
const usernameRead = {
  status: 400,
  body: { error: 'Required request parameter missing: password' },
}
/** The reply to a login without parameters. */
const nothingRead = {
  status: 400,
  body: { error: 'Required request parameter missing: username' },
}

function post(ask: Ask, path = `${API}/sessions`) {
  return new Service().ask('POST', path, ask)
}

function refusal(type: string, error: string, status = 400) {
  return { status, body: { type: `bad-request/${type}`, error, 'http-code': status } }
}

const unreadable = (detail: string, status = 400) =>
  refusal('invalid-body', `The request body could not be read: ${detail}.`, status)

const bytes = (...values: number[]) => new Uint8Array(values)
const padded = (length: number) => `{"username":"jane"${' '.repeat(length - 19)}}`

/** The parameters that were read from a request, as they go to the check. */
async function read(method: string, address: string, ask: Ask = {}): Promise<RawParameters> {
  const { headers = {}, body = null } = ask
  return readParameters(
    new Request(`http://localhost${address}`, { method, headers, body: body as BodyInit | null }),
  )
}

describe('The parameters of a request', () => {
  it.each<[string, Ask]>([
    ['JSON', { headers: JSON_TYPE, body: '{"username":"jane"}' }],
    ['JSON with no Content-Type', { body: '{"username":"jane"}' }],
    ['JSON with white space before it and no Content-Type', { body: ' \r\n\t{"username":"jane"}' }],
    [
      'JSON with an empty Content-Type',
      { headers: { 'Content-Type': '' }, body: '{"username":"jane"}' },
    ],
    [
      'JSON with a charset',
      {
        headers: { 'Content-Type': 'application/json; charset=utf-8' },
        body: '{"username":"jane"}',
      },
    ],
    [
      'JSON with a Content-Type in capitals',
      { headers: { 'Content-Type': 'Application/JSON' }, body: '{"username":"jane"}' },
    ],
    ['JSON after a byte order mark', { headers: JSON_TYPE, body: '\ufeff{"username":"jane"}' }],
    [
      'JSON with a name twice, the later value',
      { headers: JSON_TYPE, body: '{"username":7,"username":"jane"}' },
    ],
    ['a form', { headers: FORM_TYPE, body: 'username=jane' }],
    ['a form with no Content-Type', { body: 'username=jane' }],
    [
      'a form with a charset',
      {
        headers: { 'Content-Type': 'application/x-www-form-urlencoded;charset=UTF-8' },
        body: 'username=jane',
      },
    ],
    [
      'a form with other keys before and after',
      { headers: FORM_TYPE, body: '&locale=en&username=jane&&x' },
    ],
    [
      'a form with a name twice, the later value',
      { headers: FORM_TYPE, body: 'username[]=1&username=jane' },
    ],
  ])('are read from %s', async (_, ask) => {
    expect(await post(ask)).toMatchObject(usernameRead)
  })

  it('log a user in as JSON or as a form, with or without .json on the path', async () => {
    const service = new Service()
    await service.createUser(await service.createSite(), {
      username: 'Jäne Dœ',
      password: 'a+b %&=',
    })
    const form = 'password=a%2Bb+%25%26%3D&username=J%C3%A4ne%20D%C5%93'
    const json = JSON.stringify({ username: 'Jäne Dœ', password: 'a+b %&=' })
    for (const path of [`${API}/sessions`, `${API}/sessions.json`])
      for (const ask of [
        { headers: FORM_TYPE, body: form },
        { headers: JSON_TYPE, body: json },
      ])
        expect((await service.ask('POST', path, ask)).status).toBe(201)
  })

  it.each([
    'application/json',
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data; boundary=x',
    'no type at all',
  ])('are empty when the body is empty, with Content-Type %s', async (type) => {
    for (const body of ['', ' \r\n', '\ufeff'])
      expect(await post({ headers: { 'Content-Type': type }, body })).toMatchObject(nothingRead)
    expect(await post({ headers: { 'Content-Type': type } })).toMatchObject(nothingRead)
  })

  it('are empty when the body is empty and has no Content-Type', async () => {
    expect(await post({})).toMatchObject(nothingRead)
  })

  it('let a client log out with a Content-Type and an empty body', async () => {
    const service = new Service()
    const user = await service.createUser(await service.createSite())
    for (const type of [JSON_TYPE, FORM_TYPE]) {
      const { body } = await service.logIn(user, { headers: SDK })
      const headers = { ...type, 'X-FilesAPI-Auth': body.id }
      expect((await service.ask('DELETE', `${API}/sessions`, { headers })).status).toBe(204)
    }
  })

  it('are never read from the query of a POST, so that no secret is sent in a URL', async () => {
    const path = `${API}/sessions?username=jane&password=secret&%ff`
    expect(await post({}, path)).toMatchObject(nothingRead)
    expect(await post({ body: { username: 'jane' } }, path)).toMatchObject(usernameRead)
  })

  it('are read from the query of a GET, HEAD or DELETE', async () => {
    for (const method of ['GET', 'HEAD', 'DELETE'])
      expect(await read(method, '/?a=1&b=c+d%2B&e&=f')).toEqual({
        texts: { a: '1', b: 'c d+', e: '', '': 'f' },
        values: {},
      })
  })

  it('are read from query and body of a DELETE together', async () => {
    const json = { headers: JSON_TYPE, body: '{"b":2}' }
    expect(await read('DELETE', '/?a=1&b=1', json)).toEqual({
      texts: { a: '1', b: '1' },
      values: { b: 2 },
    })
    const form = { headers: FORM_TYPE, body: 'b=2' }
    expect(await read('DELETE', '/?a=1&b=1', form)).toEqual({
      texts: { a: '1', b: '2' },
      values: {},
    })
  })

  it('nest in a form as a[b]=c and as lists a[]=b', async () => {
    const body = 'a[b]=c&a%5Bd%5D=e&list[]=1&list[]=2&plain=3'
    expect((await read('POST', '/', { headers: FORM_TYPE, body })).texts).toEqual({
      a: { b: 'c', d: 'e' },
      list: ['1', '2'],
      plain: '3',
    })
  })

  it('keep the last value of a name that is nested, a list and plain in turn', async () => {
    const body = 'a=1&a[b]=2&c[]=1&c[d]=2&e[f]=1&e[]=2&g[h]=1&g=2'
    expect((await read('POST', '/', { headers: FORM_TYPE, body })).texts).toEqual({
      a: { b: '2' },
      c: { d: '2' },
      e: ['2'],
      g: '2',
    })
  })

  it('keep brackets that nest nothing as part of the name', async () => {
    const body = '[]=1&a[b][c]=2&a]=3&[d]=4&e[=5'
    expect((await read('POST', '/', { headers: FORM_TYPE, body })).texts).toEqual({
      '[]': '1',
      'a[b][c]': '2',
      'a]': '3',
      '[d]': '4',
      'e[': '5',
    })
  })

  it.each([
    '{"__proto__":{"username":"jane"},"constructor":{"prototype":{"username":"jane"}},"hasOwnProperty":1}',
    '{"hasOwnProperty":null,"toString":"x","valueOf":{}}',
    '__proto__[username]=jane&constructor[prototype]=x&hasOwnProperty=1&toString[]=x',
    '__proto__=jane&__proto__[]=jane&__proto__[__proto__]=jane&a[__proto__]=jane&a[constructor]=x',
  ])('are not affected by names that objects inherit: %s', async (body) => {
    expect(await post({ body })).toMatchObject(nothingRead)
    expect(Object.hasOwn(Object.prototype, 'username')).toBe(false)
    expect('jane' in {}).toBe(false)
  })

  it.each<[string, string]>([
    ['{', 'it is not valid JSON'],
    ['{"username":"jane"', 'it is not valid JSON'],
    ['{"username":"jane",}', 'it is not valid JSON'],
    ["{'username':'jane'}", 'it is not valid JSON'],
    ['{"username":"jane"}{}', 'it is not valid JSON'],
    ['{"username":"ja\0ne"}', 'it is not valid JSON'],
    ['{"username":"\\u12"}', 'it is not valid JSON'],
    ['{"username":NaN}', 'it is not valid JSON'],
    ['username=jane', 'it is not valid JSON'],
    ['[]', 'it is not a JSON object'],
    ['[{"username":"jane"}]', 'it is not a JSON object'],
    ['"username"', 'it is not a JSON object'],
    ['7', 'it is not a JSON object'],
    ['true', 'it is not a JSON object'],
    ['null', 'it is not a JSON object'],
  ])('are refused when a JSON body is %s', async (body, detail) => {
    expect(await post({ headers: JSON_TYPE, body })).toMatchObject(unreadable(detail))
  })

  it('are refused when a body without Content-Type starts like JSON but is invalid', async () => {
    for (const body of ['{username', '[username=jane', ' {"username":"jane"'])
      expect(await post({ body })).toMatchObject(unreadable('it is not valid JSON'))
    expect(await post({ body: '["username"]' })).toMatchObject(
      unreadable('it is not a JSON object'),
    )
  })

  it.each<[string, Uint8Array<ArrayBuffer>]>([
    ['an invalid start byte', bytes(0x7b, 0xff, 0x7d)],
    ['a sequence cut short', bytes(0x7b, 0xe2, 0x82)],
    ['an overlong slash', bytes(0x61, 0x3d, 0xc0, 0xaf)],
    ['an encoded surrogate', bytes(0x61, 0x3d, 0xed, 0xa0, 0x80)],
    ['UTF-16', bytes(0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00)],
    ['gzip', bytes(0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00)],
  ])('are refused when the body is not UTF-8: %s', async (_, body) => {
    for (const headers of [JSON_TYPE, FORM_TYPE, {}])
      expect(await post({ headers, body })).toMatchObject(unreadable('it is not valid UTF-8'))
  })

  const coded = async (body: string, format: 'gzip' | 'deflate') =>
    new Uint8Array(
      await new Response(
        new Blob([body]).stream().pipeThrough(new CompressionStream(format)),
      ).arrayBuffer(),
    )

  it.each([
    ['gzip', 'gzip'],
    ['deflate', 'deflate'],
    ['X-GZIP', 'gzip'],
    ['identity', null],
  ] as const)('are read from a body with Content-Encoding %s', async (coding, format) => {
    const body = '{"username":"jane"}'
    const headers = { ...JSON_TYPE, 'Content-Encoding': coding }
    const sent = format ? await coded(body, format) : body
    expect(await post({ headers, body: sent })).toMatchObject(usernameRead)
    const form = { ...FORM_TYPE, 'Content-Encoding': coding }
    const sentForm = format ? await coded('username=jane', format) : 'username=jane'
    expect(await post({ headers: form, body: sentForm })).toMatchObject(usernameRead)
  })

  it.each(['br', 'zstd', 'compress', 'gzip, gzip', 'gzip;q=1', '7bit'])(
    'are refused with the supported encodings for Content-Encoding %s, whatever the body is',
    async (coding) => {
      const headers = { ...JSON_TYPE, 'Content-Encoding': coding }
      const refused = await post({ headers, body: '{"username":"jane"}' })
      expect(refused).toMatchObject(
        unreadable('its Content-Encoding is neither gzip nor deflate', 415),
      )
      expect(refused.headers.get('Accept-Encoding')).toBe('gzip, deflate')
    },
  )

  it('are refused when the content encoding is damaged or only declared', async () => {
    const headers = { ...JSON_TYPE, 'Content-Encoding': 'gzip' }
    const whole = await coded('{"username":"jane"}', 'gzip')
    for (const body of ['{"username":"jane"}', whole.slice(0, -6), whole.slice(1)])
      expect(await post({ headers, body })).toMatchObject(
        unreadable('its content coding is damaged'),
      )
  })

  it('are refused with 413 when a small body decompresses to a large one', async () => {
    const headers = { ...JSON_TYPE, 'Content-Encoding': 'gzip' }
    const fits = await coded(padded(BODY_LIMIT_BYTES), 'gzip')
    expect(fits.length).toBeLessThan(1_000)
    expect(await post({ headers, body: fits })).toMatchObject(usernameRead)
    for (const length of [BODY_LIMIT_BYTES + 1, 50 * 2 ** 20]) {
      const body = await coded(padded(length), 'gzip')
      expect(await post({ headers, body })).toMatchObject(
        unreadable('it is larger than 64 KiB', 413),
      )
    }
  })

  it('are refused when a form is not percent-encoded UTF-8', async () => {
    for (const body of ['username=%ff', '%ed%a0%80=1', 'a=%C0%AF'])
      expect(await post({ headers: FORM_TYPE, body })).toMatchObject(
        unreadable('it is not valid UTF-8'),
      )
  })

  it.each(['username=%', 'username=%zz', 'a%=1', 'password=100%secure!', 'a=%4', 'a=50%&b=1'])(
    'report a stray % in a form: %s',
    async (body) => {
      const told = unreadable('it has a "%" that begins no escape. Send it as "%25"')
      for (const headers of [FORM_TYPE, {}])
        expect(await post({ headers, body })).toMatchObject(told)
    },
  )

  it.each(['{"username":"jane"}', ' \r\n{}', '{"a":{"b":"c=d&e"}}'])(
    'report JSON that is sent as a form: %s',
    async (body) => {
      expect(await post({ headers: FORM_TYPE, body })).toMatchObject(
        unreadable('it is JSON and was sent as a form. Add "Content-Type: application/json"'),
      )
    },
  )

  it('accept a form whose first name only starts like JSON', async () => {
    const body = '{x=1&username=jane'
    expect(await post({ headers: FORM_TYPE, body })).toMatchObject(usernameRead)
  })

  const multipart = async (form: FormData) => {
    const whole = new Response(form)
    return {
      headers: { 'Content-Type': whole.headers.get('Content-Type') ?? '' },
      body: new Uint8Array(await whole.arrayBuffer()),
    }
  }

  it('are read from a multipart form, as curl -F sends it', async () => {
    const form = new FormData()
    form.append('username', 'jané 100% & + =')
    form.append('list[]', '1')
    form.append('list[]', '2')
    form.append('a[b]', 'c\r\nd')
    const { headers, body } = await multipart(form)
    expect(await read('POST', '/', { headers, body })).toEqual({
      texts: { username: 'jané 100% & + =', list: ['1', '2'], a: { b: 'c\r\nd' } },
      values: {},
    })
    expect(await post({ headers, body })).toMatchObject(usernameRead)
  })

  it('log a user in with a multipart form', async () => {
    const service = new Service()
    await service.createUser(await service.createSite(), { username: 'Jäne', password: 'a+b %&=' })
    const form = new FormData()
    form.append('username', 'Jäne')
    form.append('password', 'a+b %&=')
    expect((await service.ask('POST', `${API}/sessions`, await multipart(form))).status).toBe(201)
  })

  it.each([
    ['text', new File(['jane'], 'name.txt')],
    ['nothing', new File([], 'name.txt')],
  ])('are refused when a multipart form has a file: %s', async (_, file) => {
    const form = new FormData()
    form.append('username', file)
    expect(await post(await multipart(form))).toMatchObject(
      unreadable('it holds a file, and no parameter is one'),
    )
  })

  it.each([
    ['multipart/form-data', '--x\r\n'],
    ['multipart/form-data; boundary=x', '{"username":"jane"}'],
    ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb'],
  ])('are refused when a multipart form is malformed: %s', async (type, body) => {
    expect(await post({ headers: { 'Content-Type': type }, body })).toMatchObject(
      unreadable('it is not valid multipart/form-data'),
    )
  })

  it('are refused when a query is not percent-encoded UTF-8', async () => {
    const addresses = ['?a=%', '?a=%zz', '?user_id=%ff', '?%e0%a4=1', '?a=%ed%a0%80', '?a=\ud800']
    for (const address of addresses)
      for (const [method, path] of [
        ['GET', '/api_keys'],
        ['DELETE', '/sessions'],
      ] as const)
        expect(await new Service().ask(method, `${API}${path}${address}`)).toMatchObject(
          refusal(
            'invalid-input-encoding',
            'The request address is not valid percent-encoded UTF-8. Send a percent sign as %25.',
          ),
        )
  })

  it('may fill 64 KiB to the last byte', async () => {
    const body = padded(BODY_LIMIT_BYTES)
    for (const headers of [JSON_TYPE, {}])
      expect(await post({ headers, body })).toMatchObject(usernameRead)
  })

  it.each(['application/json', 'application/x-www-form-urlencoded', 'image/png'])(
    'are refused with 413 when a body of type %s is one byte longer',
    async (type) => {
      const tooLarge = unreadable('it is larger than 64 KiB', 413)
      const headers = { 'Content-Type': type }
      for (const length of [BODY_LIMIT_BYTES + 1, 4 * BODY_LIMIT_BYTES])
        expect(await post({ headers, body: padded(length) })).toMatchObject(tooLarge)
      const twoBytesEach = 'é'.repeat(BODY_LIMIT_BYTES / 2 + 1)
      expect(await post({ headers, body: twoBytesEach })).toMatchObject(tooLarge)
    },
  )

  it('are not read to the end of a body that is too large', async () => {
    let chunks = 0
    const endless = new ReadableStream({
      pull: (controller) => {
        chunks++
        controller.enqueue(new Uint8Array(BODY_LIMIT_BYTES / 2))
      },
    })
    const request = new Request('http://localhost/', { method: 'POST', body: endless })
    await expect(readParameters(request)).rejects.toMatchObject({ status: 413 })
    expect(chunks).toBeLessThan(10)
  })

  it.each([
    'text/plain',
    'text/json',
    'application/xml',
    'application/jsonp',
    'application/problem+json',
    'multipart/mixed; boundary=x',
    'application/json, application/json',
    'application/octet-stream',
    'x',
  ])('are refused with Content-Type %s', async (type) => {
    const headers = { 'Content-Type': type }
    expect(await post({ headers, body: '{"username":"jane"}' })).toMatchObject(
      refusal(
        'unsupported-media-type',
        'Send parameters as application/json, application/x-www-form-urlencoded or multipart/form-data.',
      ),
    )
  })

  it.each(['[', '{"a":'])('survive 60 KiB of %s', async (opening) => {
    const times = Math.floor((60 * 1024) / opening.length)
    const body = opening.repeat(times)
    for (const headers of [JSON_TYPE, {}])
      expect(await post({ headers, body })).toMatchObject(unreadable('it is not valid JSON'))
  })

  it('survive valid JSON nested 30,000 levels deep', async () => {
    const list = `${'['.repeat(30_000)}${']'.repeat(30_000)}`
    expect(await post({ body: list })).toMatchObject(unreadable('it is not a JSON object'))
    expect(await post({ body: `{"unknown":${list}}` })).toMatchObject(nothingRead)
    expect(await post({ body: `{"username":${list}}` })).toMatchObject(
      refusal('request-params-invalid', 'Request parameter invalid: username'),
    )
    const objects = `${'{"username":'.repeat(5_000)}1${'}'.repeat(5_000)}`
    expect(await post({ body: objects })).toMatchObject(
      refusal('request-params-invalid', 'Request parameter invalid: username'),
    )
  })
})
