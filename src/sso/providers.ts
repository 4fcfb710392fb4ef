import type { ModelError } from '../http/problem.ts'

interface OpenIdConnect {
  protocol: 'openid_connect'
  /** `{subdomain}` is the tenant; null if each strategy names its issuer. */
  issuer: string | null
  /** Whether the provider's word that an address is verified can be trusted. */
  verifiesAddresses: boolean
}

/**
 * The people in a provider's directory: `own`, people whom the site put there; `tenant`, people whom a tenant of the
 * site's choice admitted, perhaps by open registration; `public`, everybody, without any tenant's influence.
 */
type Directory = 'own' | 'tenant' | 'public'

/** How to reach a plain OAuth 2.0 provider, and where its profile has what. */
export interface OAuth2 {
  protocol: 'oauth2'
  authorize: string
  token: string
  person: string
  /** Some require a POST without a body. */
  personMethod: 'GET' | 'POST'
  /** The path to the access token in the reply; some providers send several tokens. */
  tokenAt: string
  scope: string
  /** Further parameters of the authorization request. */
  extra: Record<string, string>
  /** Paths into the profile, such as `user.id`, that identify the person permanently. */
  subject: string[]
  email: string
  name: string
  /** The path to the verified flag; null if addresses are never taken as verified. */
  emailVerified: string | null
}

type OAuth2Endpoints = Pick<OAuth2, 'authorize' | 'token' | 'person' | 'subject' | 'email' | 'name'>

export type Provider = (OpenIdConnect | OAuth2) & {
  /** The provider's name, as people know it. */
  title: string
  directory: Directory
  /** Whether the provider sends `auth_time` when it is asked to reauthenticate. */
  sendsAuthTime: boolean
  /** The format of `subdomain`; null if the provider has no tenants. */
  subdomain: RegExp | null
}

const LABEL = '[a-z0-9]([a-z0-9-]*[a-z0-9])?'
const TENANT = new RegExp(`^${LABEL}$`)
/** With a region, such as `acme.eu`. */
const REGIONAL_TENANT = new RegExp(`^${LABEL}(\\.${LABEL})?$`)
/** A directory id, because tokens name the directory by its id. Excludes the directory of all personal accounts. */
const DIRECTORY =
  /^(?!9188040d-6c67-4c5b-b112-36a304b66dad)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function openIdConnect(
  title: string,
  issuer: string | null,
  more: Pick<Provider, 'directory'> & {
    subdomain?: RegExp
    verifiesAddresses?: boolean
    sendsAuthTime?: boolean
  },
): Provider {
  const usual = { subdomain: null, verifiesAddresses: true, sendsAuthTime: true }
  return { protocol: 'openid_connect', title, issuer, ...usual, ...more }
}

function oauth2(title: string, provider: Partial<OAuth2> & OAuth2Endpoints): Provider {
  return {
    protocol: 'oauth2',
    title,
    directory: 'public',
    sendsAuthTime: false,
    subdomain: null,
    personMethod: 'GET',
    tokenAt: 'access_token',
    scope: '',
    extra: {},
    emailVerified: null,
    ...provider,
  }
}

/** The providers of the reference that still exist, and `openid_connect` for any issuer. */
const providers: Record<string, Provider> = {
  google: openIdConnect('Google', 'https://accounts.google.com', {
    directory: 'public',
    sendsAuthTime: false,
  }),
  // Its tenants also serve applications' customers, who register themselves.
  auth0: openIdConnect('Auth0', 'https://{subdomain}.auth0.com/', {
    directory: 'tenant',
    subdomain: REGIONAL_TENANT,
  }),
  okta: openIdConnect('Okta', 'https://{subdomain}.okta.com', {
    directory: 'own',
    subdomain: TENANT,
  }),
  onelogin: openIdConnect('OneLogin', 'https://{subdomain}.onelogin.com/oidc/2', {
    directory: 'own',
    subdomain: TENANT,
  }),
  // An admin of any directory can enter any address there.
  azure: openIdConnect('Microsoft Entra ID', 'https://login.microsoftonline.com/{subdomain}/v2.0', {
    directory: 'own',
    subdomain: DIRECTORY,
    verifiesAddresses: false,
  }),
  openid_connect: openIdConnect('OpenID Connect', null, { directory: 'tenant' }),
  atlassian: oauth2('Atlassian', {
    authorize: 'https://auth.atlassian.com/authorize',
    token: 'https://auth.atlassian.com/oauth/token',
    person: 'https://api.atlassian.com/me',
    scope: 'read:me',
    extra: { audience: 'api.atlassian.com', prompt: 'consent' },
    subject: ['account_id'],
    email: 'email',
    name: 'name',
    emailVerified: 'email_verified',
  }),
  box: oauth2('Box', {
    authorize: 'https://account.box.com/api/oauth2/authorize',
    token: 'https://api.box.com/oauth2/token',
    person: 'https://api.box.com/2.0/users/me',
    subject: ['id'],
    email: 'login',
    name: 'name',
  }),
  dropbox: oauth2('Dropbox', {
    authorize: 'https://www.dropbox.com/oauth2/authorize',
    token: 'https://api.dropboxapi.com/oauth2/token',
    person: 'https://api.dropboxapi.com/2/users/get_current_account',
    personMethod: 'POST',
    scope: 'account_info.read',
    subject: ['account_id'],
    email: 'email',
    name: 'name.display_name',
    emailVerified: 'email_verified',
  }),
  slack: oauth2('Slack', {
    authorize: 'https://slack.com/oauth/v2/authorize',
    token: 'https://slack.com/api/oauth.v2.access',
    person: 'https://slack.com/api/users.identity',
    tokenAt: 'authed_user.access_token',
    extra: { user_scope: 'identity.basic,identity.email' },
    // User ids are unique only within a workspace.
    subject: ['team.id', 'user.id'],
    email: 'user.email',
    name: 'user.name',
  }),
}

/** Providers that the reference names and this service refuses, with the reason. */
const refusedProviders = {
  /** Its OpenID 2.0 service has ended. */
  ubuntu: 'provider-has-ended',
  saml: 'provider-speaks-saml',
} as const

/** Why a provider of the reference is refused; null for any other name. */
export function whyRefused(name: string): ModelError | null {
  return Object.hasOwn(refusedProviders, name) ? refusedProviders[name as 'saml'] : null
}

/** The providers' display names by their API names. */
export function providerTitles(): Record<string, string> {
  return Object.fromEntries(Object.entries(providers).map(([name, { title }]) => [name, title]))
}

export function providerNamed(name: string): Provider | null {
  return Object.hasOwn(providers, name) ? (providers[name] as Provider) : null
}

/** The issuer that a strategy's tokens must name; null for plain OAuth 2.0. */
export function issuerOf(
  provider: Provider,
  { subdomain, issuer }: { subdomain: string; issuer: string | null },
): string | null {
  if (provider.protocol !== 'openid_connect') return null
  return provider.issuer?.replace('{subdomain}', subdomain) ?? issuer
}
