import { describe, expect, it } from 'vitest'
import { boundsOfDay, localTime, momentOf, spelledDate } from '../../src/http/local-time.ts'

const noon = Date.parse('2027-01-31T12:00:00Z')

describe('Local time', () => {
  it.each([
    [null, '2027-01-31T12:00:00'],
    ['Europe/Berlin', '2027-01-31T13:00:00'],
    ['America/New_York', '2027-01-31T07:00:00'],
    ['Asia/Kolkata', '2027-01-31T17:30:00'],
  ])('in %s can be read back as it is written', (zone, local) => {
    expect(localTime(noon, zone)).toBe(local)
    expect(momentOf(local, zone)).toBe(noon)
    expect(momentOf(local.slice(0, 16), zone)).toBe(noon)
  })

  it.each(['Mars/Base', '', 'Europe/Berlin; x', '+25:00'])(
    'in an unknown or retired zone is shown as UTC: "%s"',
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

  it.each([
    ['2027-09-05T00:00', 'America/Santiago', '2027-09-05T04:00:00Z'],
    ['2027-03-28T02:30', 'Europe/Berlin', '2027-03-28T01:30:00Z'],
    ['2011-12-30T12:00', 'Pacific/Apia', '2011-12-30T22:00:00Z'],
  ])('skips %s in %s and means the time that much later', (local, zone, instant) => {
    expect(new Date(momentOf(local, zone)).toISOString()).toBe(new Date(instant).toISOString())
  })

  it.each([
    ['2027-10-31T02:30', 'Europe/Berlin', '2027-10-31T00:30:00Z'],
    ['2027-04-03T23:30', 'America/Santiago', '2027-04-04T02:30:00Z'],
  ])('shows %s twice in %s and means the first', (local, zone, instant) => {
    expect(new Date(momentOf(local, zone)).toISOString()).toBe(new Date(instant).toISOString())
  })

  it.each([
    ['America/Santiago', '2027-09-05', '2027-09-05T04:00:00Z', 23],
    ['Africa/Cairo', '2027-04-30', '2027-04-29T22:00:00Z', 23],
    ['Australia/Lord_Howe', '2027-10-03', '2027-10-02T13:30:00Z', 23.5],
  ])('in %s starts day %s at the right moment, midnight or not', (zone, day, first, hours) => {
    const [from, until] = boundsOfDay(day, zone)
    expect(new Date(from).toISOString()).toBe(new Date(first).toISOString())
    expect((until + 1 - from) / 3_600_000).toBe(hours)
  })

  it.each([
    ...['', 'x', '2027-13-01T00:00', '2027-01-31', '2027-02-30T00:00', '2027-06-31T12:00'],
    ...['2027-02-29T12:00', '2027-01-31T24:00', '2027-01-31T12:60', '2027-00-10T12:00'],
  ])('is invalid: %s', (text) => {
    expect(momentOf(text, 'Europe/Berlin')).toBeNaN()
  })

  it.each(['', '2027-13-01', '31.1.2027', '2027-02-30', '2026-02-29', '2027-04-31'])(
    'is an invalid date: %s',
    (text) => {
      expect(boundsOfDay(text, null)[0]).toBeNaN()
      expect(boundsOfDay(text, 'America/Santiago')[1]).toBeNaN()
    },
  )
})
