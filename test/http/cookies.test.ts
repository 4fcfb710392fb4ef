import { describe, expect, it } from 'vitest'
import { cookieNamed, forgetCookie, setCookie } from '../../src/http/cookies.ts'

const NAME = '__Host-latchkey'

function read(header?: string): string | null {
  return cookieNamed(new Headers(header === undefined ? {} : { Cookie: header }), NAME)
}

describe('A request cookie', () => {
  it.each([
    [`${NAME}=abc`, 'abc'],
    [`other=1; ${NAME}=abc; more=2`, 'abc'],
    [`${NAME}-device=1;${NAME}=abc`, 'abc'],
    [`${NAME}=a=b==`, 'a=b=='],
    [`${NAME}="abc"`, 'abc'],
    [` ${NAME} = abc `, 'abc'],
    [`${NAME}=first; ${NAME}=second`, 'first'],
  ])('is found in %s', (header, value) => expect(read(header)).toBe(value))

  it.each([
    undefined,
    '',
    NAME,
    `${NAME}=`,
    `X${NAME}=abc`,
    `${NAME.toLowerCase()}=abc`,
    `other="${NAME}=abc`,
    `${NAME}=a\u00fcb`,
  ])('is not found in %s', (header) => expect(read(header)).toBeNull())
})

describe('A cookie of ours', () => {
  it('is for this host only, sent over HTTPS, and inaccessible to scripts', () => {
    const attributes = (header: string) => header.split('; ').slice(1).toSorted()
    const always = ['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure']
    expect(attributes(setCookie(NAME, 'abc'))).toEqual(always)
    expect(attributes(setCookie(NAME, 'abc', 600))).toEqual([...always, 'Max-Age=600'].toSorted())
    expect(attributes(forgetCookie(NAME))).toEqual([...always, 'Max-Age=0'].toSorted())
  })

  it.each(['abc', 'a~b.c-d_e', 'a b;c,d"ü', '%41'])('is read back as it was set: %s', (value) => {
    const [pair] = setCookie(NAME, value).split('; ')
    expect(read(pair)).toBe(value)
  })
})
