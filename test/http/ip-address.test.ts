import { describe, expect, it } from 'vitest'
import {
  canonicalAddress,
  isAllowedAddress,
  networkOf,
  readAddressList,
} from '../../src/http/ip-address.ts'

describe('An IP address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['2001:DB8::7', '2001:db8::7'],
    ['2001:0db8:0000:0000:0000:0000:0000:0007', '2001:db8::7'],
    ['::', '::'],
    ['::1', '::1'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['64:ff9b::203.0.113.7', '64:ff9b::cb00:7107'],
  ])('is normalized: %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical)
  })

  it.each([
    ...['', ' ', 'localhost', '203.0.113', '203.0.113.7.', '203.0.113.256', '203.0.113.07'],
    ...['0xcb.0.113.7', '3405803783', '203.0.113.7:80', '203.0.113.7, 198.51.100.1'],
    ...[':', ':::', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '::1::', '12345::', 'fe80::1%eth0'],
    ...['[::1]', '::1]/x[', '::1/64', '::g', '203.0.113.7/32', '٢٠٣.0.113.7'],
  ])('is refused: %s', (text) => {
    expect(canonicalAddress(text)).toBeNull()
  })

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['1::2:3:4:5:6:7', '1:0:2:3::/64'],
    ['::1', '0:0:0:0::/64'],
    ['no address at all', 'no address at all'],
  ])('belongs to a network: %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})

describe('A list of IP addresses and networks', () => {
  it.each([
    ['0.0.0.0/0', '203.0.113.7', '2001:db8::1'],
    ['::/0', '2001:db8::1', '203.0.113.7'],
    ['::/64', '::1', '203.0.113.7'],
    ['::ffff:0:0/96', '203.0.113.7', '2001:db8::1'],
    ['::ffff:203.0.113.0/120', '203.0.113.255', '203.0.112.1'],
    ['203.0.113.7/32', '::ffff:203.0.113.7', '203.0.113.8'],
    ['2001:db8::1/128', '2001:db8:0::1', '2001:db8::2'],
  ])('%s contains %s, but not %s', (list, inside, outside) => {
    expect(readAddressList(list)).toBe(list)
    expect([inside, outside].map((one) => isAllowedAddress(list, one))).toEqual([true, false])
    expect(isAllowedAddress(list, null)).toBe(false)
  })

  it.each(['203.0.113.7/33', '::/129', '203.0.113.0/', '/8', '10/8', '::ffff:10.0.0.0/-1'])(
    'contains no %s',
    (line) => expect(readAddressList(`192.0.2.1\n${line}`)).toBeNull(),
  )

  it.each([
    ...['::ffff:203.0.113.0/24', '::ffff:cb00:7100/24', '::ffff:0:0/95', '::ffff:10.0.0.0/8'],
    ...['::203.0.113.0/120', '::203.0.113.7', '::ffff:0:203.0.113.0/120'],
  ])('refuses %s, which looks like IPv4 but would match no IPv4 address', (line) => {
    expect(readAddressList(line)).toBeNull()
    expect(isAllowedAddress(line, '203.0.113.7')).toBe(false)
  })

  it.each(['::1', '::/0', '::7/128', '64:ff9b::203.0.113.0/120', '::ffff:203.0.113.7'])(
    'accepts %s, which matches what it says',
    (line) => expect(readAddressList(line)).toBe(line),
  )

  it('has at most 200 lines', () => {
    const lines = Array.from({ length: 201 }, (_, i) => `10.0.${i >> 8}.${i & 255}`)
    expect(readAddressList(lines.slice(1).join(', '))).toBe(lines.slice(1).join('\n'))
    expect(readAddressList(lines.join('\n'))).toBeNull()
    expect(readAddressList('')).toBe('')
    expect(readAddressList(undefined)).toBeUndefined()
  })
})
