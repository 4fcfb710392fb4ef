import * as fc from 'fast-check'
import { expect, inject, it } from 'vitest'
import { FuzzClient } from '../support/fuzz-client.ts'
import { requests } from '../support/request-generators.ts'

const { seed, requests: count } = inject('fuzz')
const timeLimitMs = 60_000 + 50 * count

it(`${count} generated requests (seed ${seed}) are answered below 500, refusals by the error object alone, and no secret is told or logged`, {
  timeout: timeLimitMs + 30_000,
}, async () => {
  const client = await FuzzClient.open()
  await fc.assert(
    fc.asyncProperty(requests, (request) => client.send(request)),
    {
      seed,
      numRuns: count,
      interruptAfterTimeLimit: timeLimitMs,
      markInterruptAsFailure: true,
    },
  )
  expect(client.unsendable).toBeLessThan(count / 10)
  if (count < 1_000) return
  for (const status of [200, 201, 204, 400, 401, 403, 404, 405, 413])
    expect([...client.replies.keys()]).toContain(status)
})
