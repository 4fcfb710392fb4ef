import { describe, expect, inject, it } from 'vitest'
import { DnsOverHttps } from '../../src/sites/txt-resolver.ts'

const resolverAt = (path: string) => new DnsOverHttps(new URL(path, inject('outsideWorld')))

describe('The TXT resolver, asking a real server', () => {
  it('finds the records of a name, and none where there are none', async () => {
    expect(await resolverAt('/dns-query').txt('proved.example')).toEqual(['a proof'])
    expect(await resolverAt('/dns-query').txt('nobody.example')).toEqual([])
  })

  it.each(['/down', '/elsewhere', '/nothing'])(
    'says so when %s gives no answer of its own',
    async (path) => {
      await expect(resolverAt(path).txt('proved.example')).rejects.toMatchObject({
        type: 'service-unavailable/resolver-unavailable',
      })
    },
  )
})
