import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

interface Described {
  name: string
  schema?: { description?: string }
}
interface Operation {
  parameters?: Described[]
  requestBody?: {
    content: Record<string, { schema: { properties: Record<string, { description?: string }> } }>
  }
}
interface Fields {
  /** What an object carries. */
  shown: string[]
  /** What its calls take. */
  sent: string[]
}

const described = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, { properties: object }> }
}

const models: Record<string, string[]> = {
  Site: ['/site'],
  User: ['/users', '/users/{id}'],
  ApiKey: ['/api_keys', '/api_keys/{id}', '/api_key'],
  SsoStrategy: ['/sso_strategies', '/sso_strategies/{id}'],
  Session: [
    ...['/sessions', '/sessions/forgot', '/sessions/forgot/reset', '/sessions/forgot/validate'],
    ...['/sessions/oauth', '/sessions/pairing_key/{key}'],
  ],
}

/** The fields that an SDK can read and replies leave out, with the reasons. Refused parameters are left out, too. */
const notServed: Record<string, Record<string, string>> = {
  Site: {
    'Latchkey has no billing': `next_billing_amount next_billing_date overage_notified_at overdue phone
      contact_name switch_to_plan_date trial_days_left trial_until oncehub_link hipaa`,
    'a site has no main admin': 'admin_user_id',
    'the time is in the audit log': 'immutable_files_set_at updated_at',
    'notices about credentials cannot be turned off': 'disable_notifications',
    'the setting that it belongs to is refused': `bundle_watermark_attachment login_page_background_image`,
    'a site has no parent site': 'managed_site_settings',
  },
  User: {
    'Latchkey has no groups': 'admin_group_ids',
    'Latchkey has no partners': 'partner_name',
    'Latchkey stores no pictures of users': 'avatar_url',
    'Latchkey has no billing': 'billable',
    'counting it for every listed user is expensive: use GET /api_keys': 'api_keys_count',
    'front ends store public keys and negotiate ciphers': 'public_keys_count last_protocol_cipher',
    'it is in the login history': 'first_login_at',
    'uses are stored with sessions and keys: see last_use_at': 'last_api_use_at last_active_at',
  },
  ApiKey: {
    'Latchkey creates no credentials for S3': 'aws_access_key_id aws_secret_key',
    'name, user_id and site_id have the same information': 'descriptive_label site_name',
    'it is the URL that the caller used': 'url',
  },
  SsoStrategy: {},
  Session: {
    'sites cannot allow insecure ciphers': 'sftp_insecure_ciphers',
  },
}

/** Deprecated in 2020: `count` instead of the records. Lists return the records. */
const OBSOLETE = ['action']

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean)
}

/** The model of the SDK that npm installs: its comments document what it reads and sends. */
function ofNpm(model: string): Fields {
  const source = readFileSync(`node_modules/files.com/lib/models/${model}.js`, 'utf8')
  const sent = source.matchAll(/^\s*\/\/ {3}(\w+)(?: \(required\))? - [\w[\]()]+ ?-?/gm)
  const shown = source.matchAll(/return _this\.attributes\.(\w+);/g)
  const names = (found: Iterable<RegExpMatchArray>) => [
    ...new Set([...found].map(([, name = '']) => name)),
  ]
  return { shown: names(shown), sent: names(sent) }
}

const tables = JSON.parse(readFileSync('test/support/sdk-fields.json', 'utf8')) as Record<
  string,
  Record<string, { shown: string; sent: string }>
>
const { version } = JSON.parse(readFileSync('node_modules/files.com/package.json', 'utf8')) as {
  version: string
}

const sdks: [sdk: string, model: string, fields: Fields][] = [
  ...Object.keys(models).map((model): [string, string, Fields] => [
    `JavaScript ${version}`,
    model,
    ofNpm(model),
  ]),
  ...Object.entries(tables).flatMap(([sdk, ofModels]) =>
    Object.entries(ofModels).map(([model, { shown, sent }]): [string, string, Fields] => [
      sdk,
      model,
      { shown: words(shown), sent: words(sent) },
    ]),
  ),
]

/** What the routes of a model take or refuse, with what the description says of each. */
function parametersOf(model: string): Map<string, string> {
  const operations = (models[model] ?? []).flatMap((path) =>
    Object.values(described.paths[`/api/rest/v1${path}`] ?? {}),
  )
  return new Map(
    operations.flatMap(({ parameters = [], requestBody }) => [
      ...parameters.map(({ name, schema }) => [name, schema?.description ?? ''] as const),
      ...Object.entries(requestBody?.content['application/json']?.schema.properties ?? {}).map(
        ([name, { description = '' }]) => [name, description] as const,
      ),
    ]),
  )
}

function replyOf(model: string): string[] {
  return Object.keys(described.components.schemas[model]?.properties ?? {})
}

function unserved(model: string): string[] {
  return Object.values(notServed[model] ?? {}).flatMap(words)
}

describe('Every parameter that an SDK can send', () => {
  it.each(sdks)('is accepted, or refused by name with a reason: %s, %s', (_, model, { sent }) => {
    const known = parametersOf(model)
    expect(sent.length).toBeGreaterThan(1)
    expect(sent.filter((name) => !known.has(name) && !OBSOLETE.includes(name))).toEqual([])
    for (const [name, description] of known)
      if (description.startsWith('Refused'))
        expect(description.length, name).toBeGreaterThan('Refused: '.length + 5)
  })
})

describe('Every field that an SDK can read', () => {
  it.each(sdks)('is served, or is left out for a stated reason: %s, %s', (_, model, { shown }) => {
    const known = [...replyOf(model), ...parametersOf(model).keys(), ...unserved(model)]
    expect(shown.length).toBeGreaterThan(1)
    expect(shown.filter((name) => !known.includes(name))).toEqual([])
  })

  it.each(Object.keys(models))('has no stated reason if it is served: %s', (model) => {
    const needless = unserved(model).filter(
      (name) => replyOf(model).includes(name) || parametersOf(model).has(name),
    )
    expect(needless).toEqual([])
  })
})
