import { describe, expect, it } from 'vitest'
import { localTime, momentOf } from '../../src/http/local-time.ts'
import { timeZoneNamed } from '../../src/http/time-zones.ts'
import { API, SDK, Service } from '../support/service.ts'

const JULY = Date.parse('2026-07-01T12:00:00Z')

/** Rails’ names, and the time that their clocks show at noon UTC in July. */
const names: [string, string][] = [
  ['Pacific Time (US & Canada)', '05:00'],
  ['Mountain Time (US & Canada)', '06:00'],
  ['Central Time (US & Canada)', '07:00'],
  ['Eastern Time (US & Canada)', '08:00'],
  ['Atlantic Time (Canada)', '09:00'],
  ['Indiana (East)', '08:00'],
  ['Arizona', '05:00'],
  ['Hawaii', '02:00'],
  ['Alaska', '04:00'],
  ['Newfoundland', '09:30'],
  ['Brasilia', '09:00'],
  ['Buenos Aires', '09:00'],
  ['Berlin', '14:00'],
  ['berlin', '14:00'],
  ['Bern', '14:00'],
  ['Edinburgh', '13:00'],
  ['Kyiv', '15:00'],
  ['St. Petersburg', '15:00'],
  ['New Delhi', '17:30'],
  ['Kolkata', '17:30'],
  ['Kathmandu', '17:45'],
  ['Beijing', '20:00'],
  ['Osaka', '21:00'],
  ['Samoa', '01:00'],
  ["Nuku'alofa", '01:00'],
  ['Chatham Is.', '00:45'],
  ['New York', '08:00'],
  ['Ho Chi Minh', '19:00'],
  ['Europe/Berlin', '14:00'],
  ['UTC', '12:00'],
]

describe('timeZoneNamed()', () => {
  it.each(names)('knows %s', (name, expected) => {
    expect(timeZoneNamed(name)).not.toBeNull()
    expect(localTime(JULY, name).slice(11, 16)).toBe(expected)
    expect(momentOf(localTime(JULY, name), name)).toBe(JULY)
  })

  it.each(['Mars/Base', 'Nowhere', '', 'Berlin/Europe', 'x'.repeat(64)])(
    'finds no zone for %j',
    (name) => expect(timeZoneNamed(name)).toBeNull(),
  )
})

describe('time_zone of a user', () => {
  it.each(['Pacific Time (US & Canada)', 'Berlin', 'Europe/Berlin'])(
    'is returned as it was sent, and used for times in mails: %s',
    async (zone) => {
      const service = new Service()
      const site = await service.createSite()
      await service.createUser(site, { siteAdmin: true, email: 'boss@acme.example' })
      const login = { username: 'sessionuser', password: 'sessionuserpassword' }
      const { body: session } = await service.logIn(login, { headers: SDK })
      const headers = { ...SDK, 'X-FilesAPI-Auth': session.id }
      const body = { time_zone: zone }
      const saved = await service.ask('PATCH', `${API}/users/0`, { headers, body })
      expect([saved.status, saved.body.time_zone]).toEqual([200, zone])
      const found = await service.ask('GET', `${API}/users/0`, { headers })
      expect(found.body.time_zone).toBe(zone)
      await service.ask('POST', `${API}/api_keys`, { headers, body: { name: 'sync' } })
      const hour = Number(localTime(service.clock(), zone).slice(11, 13)) % 12 || 12
      expect(service.mails.at(-1)?.text).toMatch(new RegExp(`\\b${hour}:\\d\\d`))
    },
  )
})
