import { expect, it } from 'vitest'
import { MINUTE } from '../../src/storage/clock.ts'
import { beat } from '../../src/storage/heartbeat.ts'
import type { Region } from '../../src/storage/region.ts'
import { env } from '../support/env.ts'
import { RowMeter } from '../support/row-meter.ts'
import { API, SDK, Service } from '../support/service.ts'

/** D1 bills by rows. docs/operations.md has the same figures: change them together. */
it('A request costs no more D1 rows than documented', async () => {
  const meters = [new RowMeter(env.DB_US_EAST_1), new RowMeter(env.DIRECTORY)] as const
  const [region, directory] = meters
  const service = new Service({ DB_US_EAST_1: region.binding, DIRECTORY: directory.binding })
  const site = await service.createSite()
  const user = await service.createUser(site, { email: 'jo@example.com', emailIsVerified: true })
  const unverified = await service.createUser(site, { username: 'jane', email: 'jane@example.com' })
  const ctx = await service.open()
  const beatNow = () =>
    beat(ctx.in(ctx.regions.withName('us-east-1') as Region).database, service.clock)
  await beatNow()
  const rowsOf = async (call: () => Promise<{ status: number }>) => {
    for (const meter of meters) meter.reset()
    const { status } = await call()
    return [status, region.read + directory.read, region.written + directory.written] as const
  }
  const expectAtMost = async (
    call: () => Promise<{ status: number }>,
    [status, read, written]: readonly [number, number, number],
  ) => {
    const [answered, rowsRead, rowsWritten] = await rowsOf(call)
    expect(answered).toBe(status)
    expect(rowsRead, 'rows read').toBeLessThanOrEqual(read)
    expect(rowsWritten, 'rows written').toBeLessThanOrEqual(written)
  }

  const from = { headers: { ...SDK, 'CF-Connecting-IP': '203.0.113.7' } }
  const { body } = await service.logIn(user, from)
  const auth = { headers: { 'X-FilesAPI-Auth': body.id } }
  const use = () => service.ask('GET', `${API}/site`, auth)
  await expectAtMost(use, [200, 4, 0])
  await expectAtMost(() => service.logIn(user, from), [201, 18, 3])
  expect(region.batched.statements).toBeLessThanOrEqual(3)
  expect(region.batched.bytes).toBeLessThanOrEqual(1_350)
  const { login_token: username } = (await service.logIn(user, from)).body
  const onSite = { ...from, host: 'mysite.localhost' }
  await expectAtMost(() => service.logIn({ username }, onSite), [201, 24, 7])
  service.clock.advance(6 * MINUTE)
  await beatNow()
  await expectAtMost(() => service.logIn(user, from), [201, 18, 4])
  await expectAtMost(use, [200, 6, 1])
  await expectAtMost(use, [200, 4, 0])
  await expectAtMost(() => service.ask('POST', '/login', { ...from, body: user }), [303, 22, 6])
  await expectAtMost(() => service.logIn({ ...user, password: 'wrong' }, from), [401, 19, 3])
  await expectAtMost(() => service.ask('DELETE', `${API}/sessions`, auth), [204, 4, 1])
  const forgot = ({ username }: { username: string }) =>
    service.ask('POST', `${API}/sessions/forgot`, { body: { username } })
  await expectAtMost(() => forgot(user), [204, 24, 5])
  await expectAtMost(() => forgot(unverified), [204, 25, 6])
  await expectAtMost(() => forgot({ username: 'nobody' }), [204, 24, 2])
  expect(service.mails).toHaveLength(2)

  for (let nth = 0; nth < 10; nth++)
    await service.logIn({ ...user, password: `wrong ${nth}` }, from)
  const runCron = async () => ({ status: 204, done: await service.runCron() })
  await expectAtMost(runCron, [204, 90, 5])
  expect(service.mails).toHaveLength(3)
})
