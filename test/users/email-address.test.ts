import { describe, expect, it } from 'vitest'
import { deliverableAddress, readEmailAddress } from '../../src/users/email-address.ts'

describe('An email address', () => {
  it.each([
    'jo@example.com',
    "o'hara+tag=1/x{y}|z~@sub.example.co.uk",
    'Jo.Doe@Example.COM',
    'jo@xn--bcher-kva.example',
    'jo@bücher.example',
    'jo@例え.テスト',
    'jo@1st.example',
    `${'x'.repeat(64)}@example.com`,
  ])('is accepted: %s', (address) => {
    expect(readEmailAddress(address)).toBe(address)
  })

  it.each([
    ' jo@example.com',
    'jo@example.com\u00a0',
    '\u200bjo@example.com\ufeff',
    'jo@example.com\u3000',
  ])('loses surrounding spaces and invisible characters: %j', (typed) => {
    expect(readEmailAddress(typed)).toBe('jo@example.com')
  })

  it.each([
    ...['', 'jo', '@example.com', 'jo@', 'jo@a@b.example', 'jo@example..com', 'jo@.example.com'],
    ...['<jo@example.com>', 'mailto:jo@example.com', 'jo@example.com,', 'jo@example.com.'],
    ...[
      'jo@example.com;',
      'Jo <jo@example.com>',
      'jo@example.com>',
      '"jo"@example.com',
      'jo@[127.0.0.1]',
    ],
    ...[
      'jo\u200b@example.com',
      'jo@exa\u200bmple.com',
      'jo@exa\u00admple.com',
      'jo\ufe0f@example.com',
    ],
    ...['jané@example.com', 'jörg@bücher.example', '用户@例え.テスト', 'jo\u0131@example.com'],
    ...['jo@1.1', 'jo@127.0.0.1', 'jo@2130706433', 'jo@0x7f.1', 'jo@localhost', 'jo@example.123'],
    ...['jo doe@example.com', 'jo@exam ple.com', 'jo\u00a0@example.com', 'jo\u202e@example.com'],
    ...['jo@example.com\r\nRCPT TO:<al@example.com>', 'jo\0@example.com', 'jo@exa\u2028mple.com'],
    ...['jo@example.com,al@example.com', 'jo,al@example.com', 'jo(comment)@example.com'],
    ...[
      '.jo@example.com',
      'jo.@example.com',
      'jo..doe@example.com',
      'jo@-x.example',
      'jo@x-.example',
    ],
    ...[
      'jo@exa%6dple.com',
      'jo@example.com/x',
      'jo@example.com:25',
      'jo@exa_mple.com',
      'jo＠example.com',
    ],
    ...[
      `${'x'.repeat(65)}@example.com`,
      `jo@${'x.'.repeat(126)}example.com`,
      `jo@${'x'.repeat(64)}.com`,
    ],
  ])('is refused when mail cannot be delivered to it: %j', (text) => {
    expect(readEmailAddress(text)).toBeNull()
  })

  it('is encoded as ASCII for mail servers', () => {
    expect(deliverableAddress('Jo@Bücher.example')).toBe('Jo@xn--bcher-kva.example')
    expect(deliverableAddress('Jo.Doe@example.com')).toBe('Jo.Doe@example.com')
    expect(deliverableAddress('jörg@example.com')).toBeNull()
  })
})
