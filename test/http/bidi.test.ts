import { describe, expect, it } from 'vitest'
import { hasBidiControls, isolated, withoutBidiControls } from '../../src/http/bidi.ts'

const CONTROLS = [
  '\u202a',
  '\u202b',
  '\u202c',
  '\u202d',
  '\u202e',
  '\u2066',
  '\u2067',
  '\u2068',
  '\u2069',
]

describe('A text within a sentence', () => {
  it.each(CONTROLS)('loses bidirectional control characters: %j', (control) => {
    expect(hasBidiControls(`Jo${control}s Mac`)).toBe(true)
    expect(withoutBidiControls(`${control}Jo${control}s Mac`)).toBe('Jos Mac')
    expect(isolated(`Jo${control}`)).toBe('Jo')
  })

  it.each(['אבג', 'محمد 7', '\u05d0cme', 'acme\u200f', 'Ελένη'])(
    'is isolated from the words around it when it runs right to left: %s',
    (text) => {
      expect(hasBidiControls(text)).toBe(false)
      expect(isolated(text)).toBe(`\u2068${text}\u2069`)
    },
  )

  it.each(['Acme', 'Café Jo & Søn', 'jo@example.com', '203.0.113.7', '{"a":1} – “x” 😀', ''])(
    'stays as it is when it reorders nothing: %s',
    (text) => {
      expect(isolated(text)).toBe(text)
    },
  )
})
