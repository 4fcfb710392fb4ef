import { expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/storage/clock.ts'
import { idsOfRegion, newId } from '../../src/storage/ids.ts'
import { digestsOfMinute, everyDigest, idsOfMinute } from '../../src/storage/sweep.ts'

const minutesOf = (period: number) =>
  Array.from(
    { length: period / MINUTE },
    (_, nth) => 1_800_000_000_000 - (1_800_000_000_000 % DAY) + nth * MINUTE,
  )

it.each([DAY, HOUR])(
  'The slices of all minutes cover every id of a region once in %d ms',
  (period) => {
    const slices = minutesOf(period).map((at) => idsOfMinute(7, at, period))
    const { from, count } = idsOfRegion(7)
    expect([slices[0]?.from, slices.at(-1)?.before]).toEqual([from, from + count])
    for (const [nth, slice] of slices.slice(1).entries())
      expect(slice.from).toBe(slices[nth]?.before)
    const id = newId(7)
    expect(slices.filter(({ from, before }) => id >= from && id < before)).toHaveLength(1)
  },
)

it('The slices of all minutes cover every digest once a day', async () => {
  const slices = minutesOf(DAY).map(digestsOfMinute)
  expect([slices[0]?.from, slices.at(-1)?.before]).toEqual([everyDigest.from, everyDigest.before])
  for (const [nth, slice] of slices.slice(1).entries()) {
    expect(slice.from).toBe(slices[nth]?.before)
    expect(slice.from < slice.before).toBe(true)
  }
})
