import { describe, expect, it } from 'vitest'
import { nearestRegion } from '../../src/storage/region.ts'
import { API, Service } from '../support/service.ts'

const all = [
  'us-east-1',
  'eu-central-1',
  'eu-west-2',
  'ca-central-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
]

describe('The nearest region', () => {
  it.each([
    ['New York', 40.71, -74.01, 'us-east-1'],
    ['Berlin', 52.52, 13.4, 'eu-central-1'],
    ['Dublin', 53.35, -6.26, 'eu-west-2'],
    ['Montreal', 45.5, -73.57, 'ca-central-1'],
    ['Jakarta', -6.2, 106.8, 'ap-southeast-1'],
    ['Auckland', -36.85, 174.76, 'ap-southeast-2'],
    ['Honolulu, beyond the date line', 21.3, -157.86, 'ap-northeast-1'],
  ])('of %s', (_, latitude, longitude, name) => {
    expect(nearestRegion(all, { latitude, longitude })).toBe(name)
  })

  it('is null when the location or the regions are unknown', () => {
    expect(nearestRegion(all, null)).toBeNull()
    expect(nearestRegion(['our-cellar'], { latitude: 0, longitude: 0 })).toBeNull()
  })
})

describe('GET /regions', () => {
  it('returns the regions, their data residency and the nearest one to anyone', async () => {
    const service = new Service()
    const ask = (cf = {}) => service.ask('GET', `${API}/regions`, { cf })
    const { status, body, trips } = await ask({ latitude: '48.85', longitude: '2.35' })
    expect([status, trips]).toEqual([200, []])
    expect(body).toEqual([
      {
        name: 'us-east-1',
        description: 'USA, Virginia',
        host: 'us-east-1.localhost',
        residency: 'preferred',
        nearest: false,
      },
      {
        name: 'eu-central-1',
        description: '',
        host: 'eu-central-1.localhost',
        residency: 'guaranteed',
        nearest: true,
      },
    ])
    for (const cf of [{}, { latitude: 'x', longitude: '1' }])
      expect((await ask(cf)).body.map(({ nearest }: { nearest: boolean }) => nearest)).toEqual([
        false,
        false,
      ])
  })
})
