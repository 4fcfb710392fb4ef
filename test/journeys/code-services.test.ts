import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { Yubikey } from '../support/yubikey.ts'
import { CodeServices } from './support/code-services.ts'
import { API, type Latchkey, startLatchkey } from './support/latchkey.ts'
import { ownSite, type Person } from './support/own-site.ts'

/** The built production Worker, which calls real servers. */
const yubikeys = Array.from({ length: 4 }, () => new Yubikey())
const services = new CodeServices(...yubikeys)
let latchkey: Latchkey

beforeAll(async () => {
  const url = await services.start()
  latchkey = await startLatchkey('src/index.ts', {
    SMS_FROM: '+15005550006',
    SMS_API_URL: url,
    SMS_CREDENTIALS: 'AC0123:secret',
    YUBICO_CLIENT_ID: services.validation.clientId,
    YUBICO_API_KEY: services.validation.apiKey,
    YUBICO_URL: `${url}/wsapi/2.0/verify`,
  })
})
afterAll(async () => {
  await services.stop()
  await latchkey?.stop()
})

/** The user of the test, who has a Yubikey. */
let jane: Person
let yubikey: Yubikey
let auth: Record<string, string>
beforeEach(async () => {
  services.texts.length = 0
  jane = (await ownSite(latchkey)).user
  yubikey = yubikeys.pop() as Yubikey
  auth = { Authorization: `Bearer ${(await logIn()).body.token}` }
  const { body } = await ask('POST', `${API}/2fa`, { method_type: 'yubi', name: 'key' }, auth)
  const done = await ask('PATCH', `${API}/2fa/${body.id}`, { otp: yubikey.touch() }, auth)
  expect(done.body.setup_complete).toBe(true)
})

async function ask(
  method: string,
  path: string,
  body: object,
  headers: Record<string, string> = {},
) {
  const reply = await fetch(latchkey.origin + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const answer = await reply.text()
  return { status: reply.status, body: answer ? JSON.parse(answer) : null }
}

function logIn(more: object = {}) {
  const { username, password } = jane
  return ask('POST', `${API}/sessions`, { username, password, ...more })
}

/** The code of the newest text message, once there are that many. */
async function textedCode(count: number): Promise<string> {
  await expect.poll(() => services.texts.length).toBe(count)
  return /\d{6}/.exec(services.texts.at(-1)?.form.Body ?? '')?.[0] ?? ''
}

/** Sends jane’s codes by text message as well. */
async function addPhone(): Promise<void> {
  const proof = { 'X-Files-Reauthentication': `code:${yubikey.touch()}` }
  const { body } = await ask(
    'POST',
    `${API}/2fa`,
    { method_type: 'sms', name: 'phone', phone_number: '+1 415 555 2671' },
    { ...auth, ...proof },
  )
  const otp = await textedCode(1)
  const done = await ask('PATCH', `${API}/2fa/${body.id}`, { otp }, auth)
  expect(done.body.setup_complete).toBe(true)
}

it('A Yubikey is set up and logs in, once for each touch', async () => {
  expect((await logIn()).body.data.two_factor_authentication_methods).toContain('yubi')
  const otp = yubikey.touch()
  expect((await logIn({ otp })).status).toBe(201)
  expect((await logIn({ otp })).status).toBe(401)
})

it('A texted code is sent through the API of the text service, and logs in', async () => {
  await addPhone()
  const { path, authorization, form } = services.texts[0] ?? {}
  expect(path).toBe('/2010-04-01/Accounts/AC0123/Messages.json')
  expect(authorization).toBe(`Basic ${btoa('AC0123:secret')}`)
  expect(form).toMatchObject({ To: '+14155552671', From: '+15005550006' })

  const { data } = (await logIn()).body
  const otp = await textedCode(2)
  const partial = { username: jane.username, otp, partial_session_id: data.partial_session_id }
  expect((await ask('POST', `${API}/sessions`, partial)).status).toBe(201)
})

it('A text message that the service could not send is retried by a later cron run', async () => {
  await addPhone()
  services.refusals.push({ status: 429, body: '{"code":20429}' })
  const { data } = (await logIn()).body
  await expect.poll(() => services.refusals.length).toBe(0)
  expect(services.texts).toHaveLength(1)
  const database = await latchkey.database('DB_US_EAST_1')
  await database.prepare('UPDATE outbox SET next_attempt_at = 0').run()
  await latchkey.runCron()
  const otp = await textedCode(2)
  const partial = { username: jane.username, otp, partial_session_id: data.partial_session_id }
  expect((await ask('POST', `${API}/sessions`, partial)).status).toBe(201)
})

it('A Yubikey login is a 503 and no failed attempt while the validation server is down', async () => {
  const failures = async () => {
    const database = await latchkey.database('DB_US_EAST_1')
    return (await database.prepare('SELECT * FROM login_failures').all()).results
  }
  const before = await failures()
  await services.stop()
  try {
    const otp = yubikey.touch()
    for (let nth = 0; nth < 12; nth++) expect((await logIn({ otp })).status).toBe(503)
  } finally {
    await services.start()
  }
  expect(await failures()).toEqual(before)
})
