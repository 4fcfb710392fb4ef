import { ask } from './client.ts'
import type { Subject } from './subject.ts'

/** What one call of an operation asks of the stores, the work after its reply included. */
export interface Cost {
  rowsRead: number
  rowsWritten: number
  keyValueReads: number
  keyValueWrites: number
  /** The batch with the most SQL. */
  batch: { statements: number; bytes: number }
  /** The stores visited before the reply, in order. */
  trips: string[]
  /** D1 and KV, in US dollars for a million calls. */
  price: number
}

/** Cloudflare's prices of November 2026, in dollars a million. */
const PRICES = { rowsRead: 0.001, rowsWritten: 1, keyValueReads: 0.5, keyValueWrites: 5 }

/** Asks a metered worker twice: first of all, caches are filled, and addresses become known. */
export async function costOf(subject: Subject): Promise<Cost> {
  await subject.prepare?.(3)
  for (const call of [0, 1]) subject.check(await ask(subject.port, subject.ask(call)))
  const answer = await ask(subject.port, subject.ask(0))
  subject.check(answer)
  const stores = JSON.parse(String(answer.headers['x-cost'])) as Omit<Cost, 'trips' | 'price'>
  const timing = String(answer.headers['server-timing'] ?? '')
  const price = (Object.keys(PRICES) as (keyof typeof PRICES)[]).reduce(
    (sum, kind) => sum + PRICES[kind] * stores[kind],
    0,
  )
  const trips = timing === '' ? [] : timing.split(', ').map((trip) => trip.split(';')[0] ?? '')
  return { ...stores, trips, price }
}
