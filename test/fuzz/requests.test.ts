import * as fc from 'fast-check'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { FuzzClient, FuzzCount } from '../support/fuzz-client.ts'
import { requests } from '../support/request-generators.ts'

/** Requests per service, before the next test starts with empty stores and the next seed. */
const REQUESTS_A_TEST = 500
const TIME_LIMIT_MS = 120_000
/** Enough requests to meet every status. */
const ENOUGH_REQUESTS = 2_000

const { seed: firstSeed, requests: total } = inject('fuzz')
const seeds = Array.from({ length: Math.ceil(total / REQUESTS_A_TEST) }, (_, i) => firstSeed + i)
const count = new FuzzCount()

describe('Generated requests', () => {
  it.each(seeds)(
    'are answered below 500, with errors as the error object alone, and reveal and log no secret (FUZZ_SEED=%i)',
    async (seed) => {
      const client = await FuzzClient.open(count)
      await fc.assert(
        fc.asyncProperty(requests, (request) => client.send(request)),
        {
          seed,
          numRuns: Math.min(total, REQUESTS_A_TEST),
          interruptAfterTimeLimit: TIME_LIMIT_MS,
          markInterruptAsFailure: true,
        },
      )
    },
  )

  // Most requests can be sent, and every kind of reply occurs.
  afterAll(() => {
    if (count.all < ENOUGH_REQUESTS) return
    expect(count.unsendable).toBeLessThan(count.all / 8)
    for (const status of [200, 201, 204, 400, 401, 403, 404, 405, 413])
      expect(count.statuses).toContain(status)
  })
})
