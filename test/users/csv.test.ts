import { describe, expect, it } from 'vitest'
import { csvStream } from '../../src/audit/history.ts'

const columns = { first: ([cell]: unknown[]) => cell, second: ([, cell]: unknown[]) => cell }

function written(...pages: unknown[][][]): Promise<string> {
  const left = [...pages]
  return new Response(csvStream(columns, async () => left.shift() ?? null)).text()
}

describe('A CSV file', () => {
  it('starts with the column names, and quotes every cell', async () => {
    expect(await written()).toBe('"first","second"\r\n')
    expect(await written([['a', 1]], [[null, undefined]], [[true, 'a;b']])).toBe(
      '"first","second"\r\n"a","1"\r\n"",""\r\n"true","a;b"\r\n',
    )
  })

  it('keeps quotes, commas and line breaks within a cell', async () => {
    expect(await written([['say "hi"', 'one, two\r\nthree']])).toBe(
      '"first","second"\r\n"say ""hi""","one, two\r\nthree"\r\n',
    )
  })

  it.each(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])(
    'contains no formula: %j',
    async (sign) => {
      expect(await written([[`${sign}1+1`, `a${sign}1`]])).toBe(
        `"first","second"\r\n"'${sign}1+1","a${sign}1"\r\n`,
      )
    },
  )
})
