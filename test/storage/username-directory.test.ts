import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { LaggingDatabase } from '../support/lagging-database.ts'
import { SDK, Service } from '../support/service.ts'

const password = 'sessionuserpassword'

/** Two regions whose directory is read at a lagging replica. */
async function withLaggingDirectory() {
  const directory = new LaggingDatabase(env.DIRECTORY, env.DIRECTORY_REPLICA)
  const service = new Service({ DIRECTORY: directory.binding })
  const american = await service.createSite()
  const european = await service.createSite({ subdomain: 'europe' }, 'eu-central-1')
  return { service, directory, american, european }
}

async function attemptsIn(database: D1Database): Promise<unknown[]> {
  return (await database.prepare(`SELECT username, outcome FROM ${EVERY_ATTEMPT}`).all()).results
}

describe('A login by bare username on the global host', () => {
  it('finds a user missing from the nearest copy of the directory, in any region', async () => {
    const { service, american, european } = await withLaggingDirectory()
    for (let i = 0; i < 4; i++) {
      await service.createUser(american, { username: `american${i}` })
      await service.createUser(european, { username: `european${i}` })
      for (const [username, code] of [
        [`american${i}`, '01'],
        [`european${i}`, '02'],
      ] as const) {
        const { status, body } = await service.logIn({ username, password }, { headers: SDK })
        expect([status, body.id?.slice(0, 2)], username).toEqual([201, code])
      }
    }
  })

  it('leaves nothing about a user outside their region, whatever the directory’s copy says', async () => {
    const { service, european } = await withLaggingDirectory()
    for (let i = 0; i < 4; i++) {
      await service.createUser(european, { username: `european${i}` })
      await service.logIn({ username: `european${i}`, password: 'wrong' })
    }
    expect(await attemptsIn(env.DB_US_EAST_1)).toEqual([])
    expect(await attemptsIn(env.DB_EU_CENTRAL_1)).toHaveLength(4)
  })

  it('makes the same round trips for existing and unknown names', async () => {
    const { service, directory, european } = await withLaggingDirectory()
    await service.createUser(european, { username: 'european' })
    await directory.replicate()
    const tripsOf = async (username: string) => {
      const { status, trips } = await service.logIn({ username, password: 'wrong' })
      expect(status).toBe(401)
      return trips.map((trip) => trip.replace(/us-east-1|eu-central-1/, 'region'))
    }
    const known = await tripsOf('european')
    expect(known).toEqual([
      'd1-directory-nearest',
      'd1-region-nearest',
      'd1-directory-primary',
      'd1-region-primary',
    ])
    for (const name of ['nobody', 'no-one', 'niemand', 'personne'])
      expect(await tripsOf(name)).toEqual(known)
  })
})
