import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { FaultyDatabase } from '../support/faulty-database.ts'
import { Service } from '../support/service.ts'

function failing(inner: D1Database): D1Database {
  const database = new FaultyDatabase(inner)
  database.fault = 'before commit'
  return database.binding
}

const failingKv = { get: () => Promise.reject(new Error('KV GET failed: 500')) }

describe('GET /health', () => {
  it('reports that every store answers', async () => {
    const { status, body } = await new Service().ask('GET', '/health')
    expect(status).toBe(200)
    expect(body).toEqual({
      status: 'ok',
      kv: 'ok',
      directory: 'ok',
      regions: { 'us-east-1': 'ok', 'eu-central-1': 'ok' },
    })
  })

  it.each([
    [
      'a region',
      { DB_EU_CENTRAL_1: failing(env.DB_EU_CENTRAL_1) },
      { regions: { 'us-east-1': 'ok', 'eu-central-1': 'failing' } },
    ],
    ['the directory', { DIRECTORY: failing(env.DIRECTORY) }, { directory: 'failing', kv: 'ok' }],
    ['KV', { KV: failingKv as unknown as KVNamespace }, { kv: 'failing', directory: 'ok' }],
  ])('returns 503 and names what fails: %s', async (_, changes, seen) => {
    const { status, body } = await new Service(changes).ask('GET', '/health')
    expect(status).toBe(503)
    expect(body).toMatchObject({ status: 'failing', ...seen })
  })
})
