/** A call as it is typed in a shell, in the order in which the page's reader would try them. */
export interface Example {
  operationId: string
  /** `ORIGIN` stands for the origin of the service. */
  command: string
  /** What it prints, where that is shown: a test compares its members and their types. */
  reply?: unknown
  /** What of the reply the examples after it use: shell variable → member. */
  keep?: Record<string, string>
}

/** What has to be set in the shell before the first example. */
export const shellVariables = ['USERNAME', 'PASSWORD', 'OPERATOR_TOKEN']

const asUser = '-H "Authorization: Bearer $TOKEN"'
const byKey = '-H "X-FilesAPI-Key: $KEY"'
const asOperator = '-H "Authorization: Bearer $OPERATOR_TOKEN"'

/** The reply to a request that is refused. */
export const refusalExample: Example = {
  operationId: 'post_sessions',
  command: `curl -s ORIGIN/api/rest/v1/sessions -d username=nobody -d password=wrong`,
  reply: {
    error: 'Invalid username or password',
    'http-code': 401,
    instance: '2f61a9d9c0f04a2a8a0d3b6c5e7f1a90',
    title: 'Invalid Username Or Password',
    type: 'not-authenticated/invalid-username-or-password',
  },
}

/** One example an operation. The application's tests run them in this order. */
export const examples: readonly Example[] = [
  {
    operationId: 'post_sessions',
    command: `curl -s ORIGIN/api/rest/v1/sessions \\
  --data-urlencode "username=$USERNAME" \\
  --data-urlencode "password=$PASSWORD"`,
    reply: {
      id: 43980465111042,
      language: null,
      login_token: '@tok-eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwi…',
      login_token_domain: 'https://mysite.latchkey.example.com',
      max_dir_listing_size: 100000,
      multiple_regions: true,
      read_only: false,
      root_path: '',
      site_id: 35184372088833,
      ssl_required: true,
      tls_disabled: false,
      two_factor_setup_needed: false,
      use_provided_modified_at: false,
      windows_mode_ftp: false,
      timeout_at: '2026-11-23T18:00:00.000Z',
      token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImxhdGNoa2V5LXNl…',
    },
    keep: { TOKEN: 'token' },
  },
  {
    operationId: 'get_site',
    command: `curl -s ${asUser} ORIGIN/api/rest/v1/site`,
  },
  {
    operationId: 'patch_site',
    command: `curl -s -X PATCH ${asUser} ORIGIN/api/rest/v1/site -d domain=files.example.com`,
  },
  {
    operationId: 'get_api_keys',
    command: `curl -s ${asUser} 'ORIGIN/api/rest/v1/api_keys?user_id=0'`,
    reply: [],
  },
  {
    operationId: 'post_api_keys',
    command: `curl -s ${asUser} ORIGIN/api/rest/v1/api_keys -d name=backup`,
    reply: {
      id: 35184372088999,
      created_at: '2026-11-23T12:00:00.000Z',
      expires_at: null,
      key: 'latchkey01Am2ujlumGevFJphqJ3oRFtkt0FCTXTQF4XJuPH',
      last_use_at: null,
      name: 'backup',
      path: null,
      permission_set: 'full',
      platform: null,
      user_id: 35184372088834,
    },
    keep: { KEY: 'key' },
  },
  { operationId: 'get_api_key', command: `curl -s ${byKey} ORIGIN/api/rest/v1/api_key` },
  {
    operationId: 'patch_api_key',
    command: `curl -s -X PATCH ${byKey} ORIGIN/api/rest/v1/api_key -d name='nightly backup'`,
  },
  {
    operationId: 'delete_api_key',
    command: `curl -s -X DELETE ${byKey} ORIGIN/api/rest/v1/api_key -w '%{http_code}'`,
    reply: 204,
  },
  {
    operationId: 'get_sessions',
    command: `curl -s ${asUser} 'ORIGIN/api/rest/v1/sessions?site=true'`,
  },
  {
    operationId: 'delete_sessions_others',
    command: `curl -s -X DELETE ${asUser} ORIGIN/api/rest/v1/sessions/others -w '%{http_code}'`,
    reply: 204,
  },
  {
    operationId: 'get_history_login',
    command: `curl -s ${asUser} 'ORIGIN/api/rest/v1/history/login?per_page=10'`,
  },
  {
    operationId: 'post_sessions_token',
    command: `curl -s -X POST ${asUser} ORIGIN/api/rest/v1/sessions/token`,
    reply: {
      token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImxhdGNoa2V5LXNl…',
      timeout_at: '2026-11-23T18:00:00.000Z',
    },
  },
  {
    operationId: 'delete_sessions',
    command: `curl -s -X DELETE ${asUser} ORIGIN/api/rest/v1/sessions -w '%{http_code}'`,
    reply: 204,
  },
  {
    operationId: 'post_operator_v1_sites',
    command: `curl -s ${asOperator} ORIGIN/operator/v1/sites \\
  -d subdomain=acme -d region=us-east-1 -d name=Acme`,
  },
  {
    operationId: 'get_operator_v1_sites',
    command: `curl -s ${asOperator} 'ORIGIN/operator/v1/sites?region=us-east-1'`,
  },
  {
    operationId: 'get_operator_v1_sites_subdomain',
    command: `curl -s ${asOperator} ORIGIN/operator/v1/sites/acme`,
  },
  {
    operationId: 'post_operator_v1_users',
    command: `curl -s ${asOperator} ORIGIN/operator/v1/users \\
  -d site=acme -d username=jane -d email=jane@example.com --data-urlencode "password=$PASSWORD"`,
  },
  {
    operationId: 'get_operator_v1_users',
    command: `curl -s ${asOperator} 'ORIGIN/operator/v1/users?site=acme'`,
  },
  {
    operationId: 'get_operator_v1_users_username',
    command: `curl -s ${asOperator} ORIGIN/operator/v1/users/jane`,
  },
  {
    operationId: 'post_operator_v1_users_username_password',
    command: `curl -s ${asOperator} ORIGIN/operator/v1/users/jane/password \\
  --data-urlencode "password=$PASSWORD" -w '%{http_code}'`,
    reply: 204,
  },
  {
    operationId: 'post_operator_v1_users_username_2fa_reset',
    command: `curl -s -X POST ${asOperator} ORIGIN/operator/v1/users/jane/2fa/reset -w '%{http_code}'`,
    reply: 204,
  },
  {
    operationId: 'post_operator_v1_users_username_disable',
    command: `curl -s -X POST ${asOperator} ORIGIN/operator/v1/users/jane/disable -w '%{http_code}'`,
    reply: 204,
  },
  {
    operationId: 'post_operator_v1_users_username_enable',
    command: `curl -s -X POST ${asOperator} ORIGIN/operator/v1/users/jane/enable -w '%{http_code}'`,
    reply: 204,
  },
  {
    operationId: 'post_operator_v1_users_username_unlock',
    command: `curl -s -X POST ${asOperator} ORIGIN/operator/v1/users/jane/unlock -w '%{http_code}'`,
    reply: 204,
  },
  {
    operationId: 'post_operator_v1_users_username_welcome',
    command: `curl -s -X POST ${asOperator} ORIGIN/operator/v1/users/jane/welcome -w '%{http_code}'`,
    reply: 204,
  },
  {
    operationId: 'post_operator_v1_directory_rebuild',
    command: `curl -s ${asOperator} ORIGIN/operator/v1/directory/rebuild -d of=users`,
    reply: { checked: 3, restored: 0, conflicts: [] },
  },
  {
    operationId: 'get_operator_v1_sessions',
    command: `curl -s ${asOperator} 'ORIGIN/operator/v1/sessions?site=acme'`,
  },
  {
    operationId: 'get_regions',
    command: 'curl -s ORIGIN/api/rest/v1/regions',
  },
  {
    operationId: 'get_well_known_jwks_json',
    command: 'curl -s ORIGIN/.well-known/jwks.json',
  },
  {
    operationId: 'get_health',
    command: 'curl -s ORIGIN/health',
    reply: { status: 'ok', kv: 'ok', directory: 'ok', regions: { 'us-east-1': 'ok' } },
  },
  { operationId: 'get_openapi_json', command: 'curl -s ORIGIN/openapi.json' },
]
