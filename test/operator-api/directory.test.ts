import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { operatorOf } from '../support/operator.ts'
import { Service } from '../support/service.ts'

async function open() {
  const service = new Service()
  const american = await service.createSite()
  const european = await service.createSite({ subdomain: 'europe' }, 'eu-central-1')
  for (const username of ['ann', 'bob', 'cid']) await service.createUser(american, { username })
  for (const username of ['dan', 'eve']) await service.createUser(european, { username })
  const ask = operatorOf(service)
  const rebuild = async (parameters: Record<string, unknown>) => {
    const sum = { checked: 0, restored: 0, conflicts: [] as unknown[] }
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { status, body, headers } = await ask('POST', '/directory/rebuild', {
        per_page: 2,
        ...parameters,
        ...(cursor && { cursor }),
      })
      expect(status).toBe(200)
      sum.checked += body.checked
      sum.restored += body.restored
      sum.conflicts.push(...body.conflicts)
      cursor = headers.get('X-Files-Cursor')
    }
    return sum
  }
  const logsIn = async (username: string) => {
    const { status } = await service.logIn({ username, password: 'sessionuserpassword' })
    return status === 201
  }
  return { service, rebuild, logsIn }
}

const entries = () =>
  env.DIRECTORY.prepare(
    'SELECT username_digest, region_code FROM usernames ORDER BY username_digest',
  ).all()

describe('The directory', () => {
  it('is rebuilt from the rows of the regions after it was lost', async () => {
    const { rebuild, logsIn } = await open()
    const before = (await entries()).results
    await env.DIRECTORY.prepare('DELETE FROM usernames').run()
    expect(await rebuild({ of: 'users' })).toEqual({ checked: 5, restored: 5, conflicts: [] })
    expect(await rebuild({ of: 'sites' })).toEqual({ checked: 2, restored: 2, conflicts: [] })
    expect((await entries()).results).toEqual(before)
    for (const username of ['ann', 'eve']) expect(await logsIn(username)).toBe(true)
    expect(await rebuild({ of: 'users' })).toEqual({ checked: 5, restored: 0, conflicts: [] })
  })

  it('is rebuilt from one region alone', async () => {
    const { rebuild, logsIn } = await open()
    await env.DIRECTORY.prepare('DELETE FROM usernames').run()
    const found = await rebuild({ of: 'users', region: 'eu-central-1' })
    expect(found).toEqual({ checked: 2, restored: 2, conflicts: [] })
    expect(await logsIn('dan')).toBe(true)
  })

  it('releases names that it lists under a wrong region or never finished', async () => {
    const { rebuild, logsIn } = await open()
    await env.DIRECTORY.prepare('UPDATE usernames SET region_code = 3 - region_code').run()
    expect((await rebuild({ of: 'users' })).restored).toBe(5)
    for (const username of ['ann', 'eve']) expect(await logsIn(username)).toBe(true)
    await env.DIRECTORY.prepare('UPDATE usernames SET confirmed_at = NULL').run()
    expect((await rebuild({ of: 'users' })).restored).toBe(5)
  })

  it('reports names that two regions have, and leaves them as they are', async () => {
    const { rebuild } = await open()
    await env.DB_EU_CENTRAL_1.prepare(
      "UPDATE users SET username = 'Bob', username_key = 'bob' WHERE username_key = 'dan'",
    ).run()
    const { conflicts } = await rebuild({ of: 'users' })
    expect(conflicts).toEqual([{ name: 'Bob', region: 'eu-central-1', held_in: 'us-east-1' }])
  })

  it('writes the hosts of sites into KV again', async () => {
    const { rebuild } = await open()
    const { keys } = await env.KV.list()
    for (const { name } of keys) await env.KV.delete(name)
    await rebuild({ of: 'sites' })
    expect((await env.KV.list()).keys.map(({ name }) => name).sort()).toEqual([
      'host:site:europe',
      'host:site:mysite',
    ])
  })
})
