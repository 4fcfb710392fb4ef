import { describe, expect, it } from 'vitest'
import { byteLength, shortened } from '../../src/http/shortened.ts'

describe('A shortened text', () => {
  it.each([
    ['short', 30, 'short'],
    ['x'.repeat(31), 30, 'x'.repeat(30)],
    ['株'.repeat(20), 30, '株'.repeat(10)],
    ['😀😀😀', 10, '😀😀'],
    ['👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 30, '👩‍👩‍👧‍👦'],
    ['e\u0301e\u0301', 5, 'e\u0301'],
  ])('is cut between two characters: %s, %i bytes', (text, longest, kept) => {
    expect(shortened(text, longest)).toBe(kept)
  })

  it('is cut within a single character that is too long', () => {
    const kept = shortened(`z${'\u0301'.repeat(100)}`, 30)
    expect([kept[0], byteLength(kept)]).toEqual(['z', 29])
  })
})
