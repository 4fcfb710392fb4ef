import { expect, it } from 'vitest'
import { asciiAddress, isMailAddress } from '../../src/mail/mail-address.ts'

it('a plain address is taken, in any script', () => {
  for (const address of [
    'jo@example.com',
    'latchkey@localhost',
    "o'hara+tag=1/x{y}|z~@sub.example.co.uk",
    'jörg@bücher.example',
    '用户@例え.テスト',
  ])
    expect(isMailAddress(address), address).toBe(true)
})

it('what could end a command or header, or add to one, is no address', () => {
  for (const address of [
    '',
    'jo',
    '@example.com',
    'jo@',
    'jo@a@b.example',
    'jo@example..com',
    'jo@.example.com',
    'jo doe@example.com',
    'jo@example.com>',
    '<jo@example.com>',
    'jo@example.com\r\nRCPT TO:<al@example.com>',
    'jo@example.com\n',
    'jo\0@example.com',
    'jo@example.com,al@example.com',
    'jo,al@example.com',
    '"jo"@example.com',
    'jo(comment)@example.com',
    'jo@[127.0.0.1]',
    'jo@exa\u2028mple.com',
    'jo\u00a0@example.com',
    'jo\u202e@example.com',
    `${'x'.repeat(65)}@example.com`,
    `jo@${'x.'.repeat(126)}example.com`,
  ])
    expect(isMailAddress(address), JSON.stringify(address)).toBe(false)
})

it('a domain of another script is written in ASCII, a local part cannot be', () => {
  expect(asciiAddress('jo@bücher.example')).toBe('jo@xn--bcher-kva.example')
  expect(asciiAddress('Jo.Doe@example.com')).toBe('Jo.Doe@example.com')
  expect(asciiAddress('jörg@example.com')).toBeNull()
})
