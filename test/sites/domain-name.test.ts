import { describe, expect, it } from 'vitest'
import { readDomainName } from '../../src/sites/domain-name.ts'

describe('A domain name', () => {
  it.each([
    ['Example.COM', 'example.com'],
    ['example.com.', 'example.com'],
    [' files.example.com ', 'files.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BU\u0308CHER.example', 'xn--bcher-kva.example'],
    ['xn--bcher-kva.EXAMPLE', 'xn--bcher-kva.example'],
    ['straße.example', 'xn--strae-oqa.example'],
    ['例え。テスト', 'xn--r8jz45g.xn--zckzah'],
    ['ｅｘａｍｐｌｅ．com', 'example.com'],
    ['localhost', 'localhost'],
  ])('is normalized: %s', (typed, name) => {
    expect(readDomainName(typed)).toBe(name)
    expect(readDomainName(name)).toBe(name)
  })

  it.each([
    ...[
      '',
      '.',
      '..',
      'a..b',
      '-a.example',
      'a-.example',
      'a_b.example',
      'a b.example',
      'a%62.example',
    ],
    ...['a/b', 'a:80', 'a@b', 'a#b', 'a?b', '127.0.0.1', '1.1', '0x7f.1', '[::1]', '::1', 'a.1'],
    ...[`${'a'.repeat(64)}.example`, `${'a.'.repeat(127)}example`, 'a\tb.example'],
  ])('is refused: %j', (typed) => {
    expect(readDomainName(typed)).toBeNull()
  })
})
