import { describe, expect, inject, it } from 'vitest'
import { DnsOverHttps } from '../../src/sites/txt-resolver.ts'

const resolverAt = (path: string) => new DnsOverHttps(new URL(path, inject('outsideWorld')))

describe('The TXT resolver, with a real server', () => {
  it('returns the records of a name, and none when there are none', async () => {
    expect(await resolverAt('/dns-query').txt('proved.example')).toEqual(['a proof'])
    expect(await resolverAt('/dns-query').txt('nobody.example')).toEqual([])
  })

  it.each(['/down', '/elsewhere', '/nothing'])(
    'reports it when %s gives no answer of its own',
    async (path) => {
      await expect(resolverAt(path).txt('proved.example')).rejects.toMatchObject({
        type: 'service-unavailable/resolver-unavailable',
      })
    },
  )
})
