import type { ParseArgsOptionsConfig } from 'node:util'
import { importUsers } from './import-users.ts'
import { type OperatorApi, pathSegment, Refusal, type Row } from './operator-api.ts'
import type { Columns, Result } from './output.ts'

type Values = Record<string, string | boolean | undefined>

export interface Order {
  api: OperatorApi
  /** What the command is about: a subdomain, a username, a session's id; '' if it takes none. */
  name: string
  password: string
  values: Values
  json: boolean
}

export interface Command {
  /** The name in the usage; absent for lists. */
  argument?: string
  summary: string
  options?: ParseArgsOptionsConfig
  required?: string[]
  setsPassword?: true
  /** Does it, and returns what to print. */
  run: (order: Order) => Result | Promise<Result>
}

/** The result of one page of work, or of all pages. */
interface Rekeyed {
  checked: number
  findings: Row[]
}

interface Rebuilt {
  checked: number
  restored: number
  conflicts: Row[]
}

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

const siteColumns: Columns = {
  SUBDOMAIN: 'subdomain',
  REGION: 'region',
  NAME: 'name',
  DOMAIN: 'domain',
  CREATED: 'created_at',
}
const userColumns: Columns = {
  USERNAME: 'username',
  SITE: 'site',
  REGION: 'region',
  EMAIL: 'email',
  ADMIN: 'site_admin',
  DISABLED: 'disabled',
  'LAST LOGIN': 'last_login_at',
}
const sessionColumns: Columns = {
  ID: 'id',
  USERNAME: 'username',
  SITE: 'site',
  REGION: 'region',
  CREATED: 'created_at',
  'LAST USED': 'last_used_at',
  EXPIRES: 'timeout_at',
}

/** The commands by their two words. */
export const commands: Record<string, Command> = {
  'site create': {
    argument: 'SUBDOMAIN',
    summary: 'create a site in a region; it cannot move later',
    options: { region: text, name: text },
    run: async ({ api, name: subdomain, values }) => {
      const region = values.region ?? (await onlyRegion(api))
      const site = await api.create('/sites', { subdomain, region, name: values.name })
      return { done: [`Created the site ${site.subdomain} in ${site.region}.`], json: site }
    },
  },
  'site list': {
    summary: 'list the sites of one region or all',
    options: { region: text },
    run: ({ api, values }) => ({
      list: api.list('/sites', filter(values, 'region')),
      columns: siteColumns,
    }),
  },
  'site show': showing('/sites', 'SUBDOMAIN', 'show a site'),
  'user create': {
    argument: 'USERNAME',
    summary:
      'create a user of a site. It asks for a password, which they replace at their first login. With --invite they choose one by email, with --shared the password stays',
    options: {
      site: text,
      email: text,
      'email-verified': flag,
      'site-admin': flag,
      shared: flag,
      invite: flag,
      'no-welcome': flag,
      region: text,
    },
    required: ['site'],
    setsPassword: true,
    run: async ({ api, name: username, password, values }) => {
      const { site, email, region } = values
      const user = await api.create('/users', {
        username,
        password: password || undefined,
        site,
        email,
        region,
        email_verified: values['email-verified'],
        site_admin: values['site-admin'],
        self_managed: values.shared ? false : undefined,
        welcome: values['no-welcome'] ? false : undefined,
      })
      const then = values.invite
        ? ' An email is on its way with a link to choose a password. The link expires in 24 hours.'
        : values.shared
          ? ''
          : ' At their first login they choose a password of their own.'
      const done = `Created the user ${user.username} of ${user.site} in ${user.region}.${then}`
      return { done: [done], json: user }
    },
  },
  'user import': {
    argument: 'FILE.csv',
    summary:
      'create users of a site with their password hashes; docs/operations.md has the columns',
    options: { site: text, report: text },
    required: ['site'],
    run: async ({ api, name: file, values, json }) => {
      const { site, report } = filter(values, 'site', 'report')
      await importUsers(api, file, { site: String(site), report, json })
      return { done: [] }
    },
  },
  'user passwd': {
    ...changing('password', {
      summary:
        'set a password, which the user replaces at their next login, and revoke their sessions. It asks for the password',
      done: (name) => `${name} has a new password. Their sessions are revoked.`,
    }),
    setsPassword: true,
  },
  'user welcome': changing('welcome', {
    summary: 'send the welcome email again, with a link to choose a password if they have none',
    done: (name) => `An email to ${name} is on its way.`,
  }),
  'user unlock': changing('unlock', {
    summary: 'end the lockout of a user after failed attempts',
    done: (name) => `${name} is no longer locked out.`,
  }),
  'user reset-2fa': changing('2fa/reset', {
    summary: 'remove all 2FA methods of a user who lost them and has no site admin to ask',
    done: (name) => `The 2FA methods of ${name} were removed.`,
  }),
  'user disable': changing('disable', {
    summary: 'disable a user and revoke their sessions',
    done: (name) => `${name} is disabled. Their sessions are revoked.`,
  }),
  'user enable': changing('enable', {
    summary: 'enable a disabled user',
    done: (name) => `${name} can log in again.`,
  }),
  'user list': {
    summary: 'list the users of one site, one region or all',
    options: { site: text, region: text },
    run: ({ api, values }) => ({
      list: api.list('/users', filter(values, 'site', 'region')),
      columns: userColumns,
    }),
  },
  'user show': showing('/users', 'USERNAME', 'show a user'),
  'users rekey': {
    summary:
      'after an upgrade: give users the current keys for comparing names and addresses, and list what you have to decide. It can be repeated',
    options: { region: text },
    run: async ({ api, values: { region } }) => {
      const sum: Rekeyed = { checked: 0, findings: [] }
      for await (const page of api.workOff<Rekeyed>('/users/rekey', { region })) {
        sum.checked += page.checked
        sum.findings.push(...page.findings)
      }
      const findings = sum.findings.map(({ username, site, region: home, finding, other }) => {
        const text = findingTexts[String(finding)]?.replace('{other}', String(other))
        return `${username}, ${site} in ${home}: ${text}`
      })
      const end = `${sum.checked} users checked, ${sum.findings.length} findings.`
      return { done: [...findings, end], json: sum }
    },
  },
  'directory rebuild': {
    summary: 'rebuild the directory of names, and the hosts in KV, from one region or all',
    options: { region: text },
    run: async ({ api, values: { region } }) => {
      const sum: Rebuilt = { checked: 0, restored: 0, conflicts: [] }
      for (const what of ['sites', 'users'])
        for await (const page of api.workOff<Rebuilt>('/directory/rebuild', { of: what, region })) {
          sum.checked += page.checked
          sum.restored += page.restored
          sum.conflicts.push(...page.conflicts)
        }
      const conflicts = sum.conflicts.map(
        ({ name, region: here, held_in }) =>
          `${name} is in ${here} and in ${held_in}. One of the two needs another name.`,
      )
      const end = `${sum.checked} names checked, ${sum.restored} restored.`
      return { done: [...conflicts, end], json: sum }
    },
  },
  'session list': {
    summary: 'list the active sessions of one user, one site, one region or all',
    options: { user: text, site: text, region: text },
    run: ({ api, values }) => {
      const { user: username, ...others } = filter(values, 'user', 'site', 'region')
      return { list: api.list('/sessions', { ...others, username }), columns: sessionColumns }
    },
  },
  'session end': {
    argument: 'ID',
    summary: 'revoke a session at once, in every form of its credential',
    run: async ({ api, name }) => {
      await api.end(`/sessions/${pathSegment(name)}`)
      return { done: [`The session ${name} is revoked.`] }
    },
  },
}

function showing(path: string, argument: string, summary: string): Command {
  return {
    argument,
    summary,
    run: async ({ api, name }) => ({ row: await api.show(`${path}/${pathSegment(name)}`) }),
  }
}

/** A command that does one thing to a user, and says so. */
function changing(
  action: string,
  { summary, done }: { summary: string; done: (name: string) => string },
): Command {
  return {
    argument: 'USERNAME',
    summary,
    run: async ({ api, name, password }) => {
      await api.change(`/users/${pathSegment(name)}/${action}`, password ? { password } : undefined)
      return { done: [done(name)] }
    },
  }
}

/** The findings about users that somebody has to decide on. */
const findingTexts: Record<string, string> = {
  'name-taken':
    'another user has this name in another spelling. Both can log in, each with their own spelling.',
  'name-not-allowed':
    'new users could not have this name: it mixes scripts or contains invisible characters.',
  'name-looks-alike': 'this name looks like {other}.',
  'address-taken':
    'another user of the site has this email address, verified, in another spelling.',
  'address-undeliverable': 'mail cannot be delivered to this user’s email address.',
}

function filter<Name extends string>(values: Values, ...names: Name[]) {
  const given = names.map((name) => [name, values[name]])
  return Object.fromEntries(given) as Record<Name, string | undefined>
}

async function onlyRegion(api: OperatorApi): Promise<string> {
  const regions = await api.regions()
  const [only, another] = regions
  if (only && !another) return only
  throw new Refusal(`Name the region: --region ${regions.join(' | ')}`)
}
