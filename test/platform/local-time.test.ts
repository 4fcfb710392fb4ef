import { describe, expect, it } from 'vitest'
import { spelledDate } from '../../src/mail/spelled-date.ts'
import { boundsOfDay, localTime, momentOf } from '../../src/platform/local-time.ts'

const noon = Date.parse('2027-01-31T12:00:00Z')

describe('The time of a place', () => {
  it.each([
    [null, '2027-01-31T12:00:00'],
    ['Europe/Berlin', '2027-01-31T13:00:00'],
    ['America/New_York', '2027-01-31T07:00:00'],
    ['Asia/Kolkata', '2027-01-31T17:30:00'],
  ])('in %s is read as it is written', (zone, local) => {
    expect(localTime(noon, zone)).toBe(local)
    expect(momentOf(local, zone)).toBe(noon)
    expect(momentOf(local.slice(0, 16), zone)).toBe(noon)
  })

  it.each(['Mars/Base', '', 'Europe/Berlin; x', '+25:00'])(
    'that is none, or none any more, is shown as UTC: "%s"',
    (zone) => {
      expect(localTime(noon, zone)).toBe('2027-01-31T12:00:00')
      expect(momentOf('2027-01-31T12:00', zone)).toBe(noon)
      expect(spelledDate('en', noon, zone)).toContain('12:00:00 PM UTC')
    },
  )

  it('has days of 23 and of 25 hours', () => {
    const hoursOf = (day: string) => {
      const [first, last] = boundsOfDay(day, 'Europe/Berlin')
      return (last + 1 - first) / 3_600_000
    }
    expect(['2027-03-27', '2027-03-28', '2027-10-31'].map(hoursOf)).toEqual([24, 23, 25])
    expect(boundsOfDay('2027-03-01', null)[0]).toBe(Date.parse('2027-03-01T00:00Z'))
  })

  it.each(['', 'x', '2027-13-01T00:00', '2027-01-31'])('is no time: %s', (text) => {
    expect(momentOf(text, 'Europe/Berlin')).toBeNaN()
  })

  it.each(['', '2027-13-01', '31.1.2027'])('is no day: %s', (text) => {
    expect(boundsOfDay(text, null)[0]).toBeNaN()
  })
})
