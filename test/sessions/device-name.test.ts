import { expect, it } from 'vitest'
import { deviceName } from '../../src/sessions/device-name.ts'

const MAC =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)'

it.each([
  [`${MAC} Version/17.4 Safari/605.1.15`, 'Safari, macOS'],
  [`${MAC} Chrome/126.0.0.0 Safari/537.36`, 'Chrome, macOS'],
  [`${MAC} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0`, 'Edge, macOS'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0',
    'Firefox, Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) CriOS/126.0 Mobile Safari/604.1',
    'Chrome, iPhone',
  ],
  ['Files.com Ruby SDK v1.0.0', 'Files.com Ruby SDK'],
  ['Files.com CLI 2.1.3', 'Files.com CLI'],
  ['Cyberduck/8.9.0 (Mac OS X/14.5)', 'Cyberduck, macOS'],
  ['my-backup/1.0', 'my-backup/1.0'],
  ['', ''],
])('A user agent gets a readable name: %s', (userAgent, name) => {
  expect(deviceName(userAgent)).toBe(name)
})
