import * as fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import * as z from 'zod'
import { checkParameters, integer, text } from '../../src/http/check-parameters.ts'
import { Problem } from '../../src/http/problem.ts'
import { type RawParameters, readParameters } from '../../src/http/read-parameters.ts'
import { bodies } from '../support/body-generators.ts'
import { texts } from '../support/text-generators.ts'

const runs = { seed: inject('fuzz').seed, numRuns: 1_000 }

/** Short enough that six of them fit into a body when percent-encoded. */
const wellFormed = texts.map((text) => text.slice(0, 256).toWellFormed())
/** Names without brackets, which nest nothing. */
const flatNames = wellFormed.map((name) => name.replaceAll(/[[\]]/g, '.'))
const flatParameters = fc.dictionary(flatNames, wellFormed, { maxKeys: 6, noNullPrototype: true })

async function read(method: string, query: string, type = '', body: BodyInit | null = null) {
  const headers: Record<string, string> = type === '' ? {} : { 'Content-Type': type }
  return readParameters(new Request(`http://localhost/${query}`, { method, headers, body }))
}

function asForm(parameters: Record<string, string>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&')
}

/** The result of a check or a read: the value, or the type of the error. */
function outcomeOf<T>(attempt: () => T): T | string {
  try {
    return attempt()
  } catch (problem) {
    expect(problem).toBeInstanceOf(Problem)
    return (problem as Problem).type
  }
}

describe('Reading parameters', () => {
  it('gives the same from JSON, a form and a query', async () => {
    await fc.assert(
      fc.asyncProperty(flatParameters, async (parameters) => {
        const form = asForm(parameters)
        const json = JSON.stringify(parameters)
        const fromJson = await read('POST', '', 'application/json', json)
        const fromForm = await read('POST', '', 'application/x-www-form-urlencoded', form)
        const fromQuery = await read('GET', `?${form}`)
        const entries = Object.entries(parameters).sort()
        for (const found of [fromJson.values, fromForm.texts, fromQuery.texts])
          expect(Object.entries(found).sort()).toEqual(entries)
      }),
      runs,
    )
  })

  it('reads every body or refuses it with a client error', async () => {
    const refusals = ['bad-request/invalid-body', 'bad-request/unsupported-media-type']
    await fc.assert(
      fc.asyncProperty(bodies([]), async ({ type, text }) => {
        const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
        const attempt = read('POST', '', type ?? '', new Uint8Array(bytes))
        const outcome = await attempt.catch((problem: Problem) => problem)
        if (outcome instanceof Error) expect(refusals).toContain((outcome as Problem).type)
        else expect(outcome).toEqual({ texts: expect.any(Object), values: expect.any(Object) })
      }),
      runs,
    )
  })
})

describe('Checking parameters', () => {
  it('accepts a text unchanged unless it is too long, has a control character or is invalid Unicode', () => {
    const contract = z.object({ it: text(256) })
    fc.assert(
      fc.property(texts, (it) => {
        const expected =
          it === ''
            ? 'bad-request/request-params-required'
            : isFit(it)
              ? { it }
              : 'bad-request/request-params-invalid'
        for (const raw of [
          { texts: {}, values: { it } },
          { texts: { it }, values: {} },
        ])
          expectSame(
            outcomeOf(() => checkParameters(contract, raw)),
            expected,
          )
      }),
      runs,
    )
  })

  it('accepts exactly the integers that JSON carries', () => {
    const contract = z.object({ it: integer() })
    const numbers = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.integer(), fc.float())
    fc.assert(
      fc.property(numbers, (it) => {
        const outcome = outcomeOf(() => checkParameters(contract, { texts: {}, values: { it } }))
        expect(outcome).toEqual(
          Number.isSafeInteger(it) ? { it } : 'bad-request/request-params-invalid',
        )
      }),
      runs,
    )
    fc.assert(
      fc.property(fc.maxSafeInteger(), (it) => {
        const raw = { texts: { it: String(it) }, values: {} }
        expect(checkParameters(contract, raw)).toEqual({ it })
      }),
      runs,
    )
  })

  it('accepts the parameters of the contract and nothing else, whatever is sent', () => {
    const contract = z.object({
      name: text(16).optional(),
      count: integer().optional(),
      flag: z.boolean().optional(),
    })
    const names = fc.oneof(fc.constantFrom('name', 'count', 'flag'), texts)
    const anything = fc
      .array(fc.tuple(names, fc.oneof(fc.jsonValue(), texts)))
      .map((members) => Object.fromEntries(members))
    fc.assert(
      fc.property(fc.record({ texts: anything, values: anything }), (raw: RawParameters) => {
        const outcome = outcomeOf(() => checkParameters(contract, raw))
        if (typeof outcome === 'string') expect(outcome).toBe('bad-request/request-params-invalid')
        else
          for (const [name, value] of Object.entries(outcome))
            expect({ name: 'string', count: 'number', flag: 'boolean' }).toHaveProperty(
              name,
              typeof value,
            )
        expect(Object.keys(Object.prototype)).toEqual([])
      }),
      runs,
    )
  })
})

/** Compares in a form that a report can show: lone surrogates are escaped. */
function expectSame(outcome: unknown, expected: unknown): void {
  expect(JSON.stringify(outcome)).toBe(JSON.stringify(expected))
}

/** The rule of the contract, implemented a second time in another way. */
function isFit(text: string): boolean {
  const characters = Array.from(text, (character) => character.codePointAt(0) ?? 0)
  const isControl = (code: number) => code < 0x20 || (code >= 0x7f && code <= 0x9f)
  const isSurrogate = (code: number) => code >= 0xd800 && code <= 0xdfff
  return text.length <= 256 && !characters.some((code) => isControl(code) || isSurrogate(code))
}
