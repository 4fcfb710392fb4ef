import * as fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { readTypedCode } from '../../src/two-factor/typed-code.ts'

/** The zero of every script with digits, in Unicode 6 and later. */
const ZEROS = [...'0٠۰߀०০੦૦୦௦౦೦൦๐໐༠၀០᠐０𑁦𑃰𝟘𝟬𞥐']

const inDigitsOf = (zero: string, digits: string) =>
  digits.replaceAll(/\d/g, (digit) =>
    String.fromCodePoint((zero.codePointAt(0) ?? 0) + Number(digit)),
  )

describe('A typed code', () => {
  it.each(ZEROS)('is the same in the digits of every script: %s', (zero) => {
    expect(readTypedCode(inDigitsOf(zero, '012345'))).toBe('012345')
    expect(readTypedCode(inDigitsOf(zero, '6789'))).toBe('6789')
  })

  it('loses separators, but no letter or digit', () => {
    const separator = fc.constantFrom(
      ...[' ', '\u00a0', '\u202f', '\u3000', '\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad'],
      ...['-', '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212', '\uff0d', '.', '·'],
    )
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...'0123456789ABCXYZ')),
        fc.array(separator),
        (letters, between) => {
          const typed = letters.map((letter, nth) => letter + (between[nth] ?? '')).join('')
          expect(readTypedCode(`${between.join('')}${typed}`)).toBe(letters.join(''))
        },
      ),
      { seed: inject('fuzz').seed },
    )
  })

  it('keeps characters that are no separators', () => {
    expect(readTypedCode('123,456!')).toBe('123,456!')
    expect(readTypedCode('+12 34')).toBe('+1234')
  })
})
