import type { ModelError } from '../http/problem-types.ts'

/** How an OpenID Connect provider is found and asked. */
interface OpenIdConnect {
  protocol: 'openid_connect'
  /** Where `{subdomain}` stands for what names the site there; null: the strategy has an issuer of its own. */
  issuer: string | null
  /** Whether `email_verified`, or anything else it says, proves an address. */
  provesAddresses: boolean
}

/**
 * Who is in a provider's directory: only whom the site's own people put there; whomever somebody let in that
 * the site chose, perhaps by a form for everybody; or everybody, and no tenant has a say in it.
 */
type Directory = 'own' | 'tenant' | 'public'

/** How a provider of plain OAuth 2.0 is asked, and what it tells of a person. */
export interface OAuth2 {
  protocol: 'oauth2'
  authorize: string
  token: string
  person: string
  /** Some want a POST without a body. */
  personMethod: 'GET' | 'POST'
  /** The path to the access token in the reply; some have one for each of several tokens. */
  tokenAt: string
  scope: string
  /** What the authorization request wants besides. */
  extra: Record<string, string>
  /** Paths into the reply, such as `user.id`: what names the person for good. */
  subject: string[]
  email: string
  name: string
  /** The claim that an address is verified; null: it is never taken to be so. */
  emailVerified: string | null
}

export type Provider = (OpenIdConnect | OAuth2) & {
  /** As people know it. */
  title: string
  directory: Directory
  /** Whether it says when a person proved who it is, where it is asked to have that done anew. */
  tellsWhen: boolean
  /** What `subdomain` must look like; null where there is none. */
  subdomain: RegExp | null
}

const LABEL = '[a-z0-9]([a-z0-9-]*[a-z0-9])?'
const TENANT = new RegExp(`^${LABEL}$`)
/** With a region, such as `acme.eu`. */
const REGIONAL_TENANT = new RegExp(`^${LABEL}(\\.${LABEL})?$`)
/** A directory's id: its tokens name it so, whatever domains it has. Not that of all personal accounts. */
const DIRECTORY =
  /^(?!9188040d-6c67-4c5b-b112-36a304b66dad)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function openIdConnect(
  title: string,
  issuer: string | null,
  more: Pick<Provider, 'directory'> & {
    subdomain?: RegExp
    provesAddresses?: boolean
    tellsWhen?: boolean
  },
): Provider {
  const usual = { subdomain: null, provesAddresses: true, tellsWhen: true }
  return { protocol: 'openid_connect', title, issuer, ...usual, ...more }
}

/** Every provider of the reference's time that still is one, and any by its issuer. */
const providers: Record<string, Provider> = {
  google: openIdConnect('Google', 'https://accounts.google.com', {
    directory: 'public',
    tellsWhen: false,
  }),
  // Its tenants are for the customers of an application, too, who sign up themselves.
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
  // An admin of any directory there writes any address into it.
  azure: openIdConnect('Microsoft Entra ID', 'https://login.microsoftonline.com/{subdomain}/v2.0', {
    directory: 'own',
    subdomain: DIRECTORY,
    provesAddresses: false,
  }),
  openid_connect: openIdConnect('OpenID Connect', null, { directory: 'tenant' }),
  atlassian: {
    protocol: 'oauth2',
    title: 'Atlassian',
    directory: 'public',
    tellsWhen: false,
    subdomain: null,
    authorize: 'https://auth.atlassian.com/authorize',
    token: 'https://auth.atlassian.com/oauth/token',
    person: 'https://api.atlassian.com/me',
    personMethod: 'GET',
    tokenAt: 'access_token',
    scope: 'read:me',
    extra: { audience: 'api.atlassian.com', prompt: 'consent' },
    subject: ['account_id'],
    email: 'email',
    name: 'name',
    emailVerified: 'email_verified',
  },
  box: {
    protocol: 'oauth2',
    title: 'Box',
    directory: 'public',
    tellsWhen: false,
    subdomain: null,
    authorize: 'https://account.box.com/api/oauth2/authorize',
    token: 'https://api.box.com/oauth2/token',
    person: 'https://api.box.com/2.0/users/me',
    personMethod: 'GET',
    tokenAt: 'access_token',
    scope: '',
    extra: {},
    subject: ['id'],
    email: 'login',
    name: 'name',
    emailVerified: null,
  },
  dropbox: {
    protocol: 'oauth2',
    title: 'Dropbox',
    directory: 'public',
    tellsWhen: false,
    subdomain: null,
    authorize: 'https://www.dropbox.com/oauth2/authorize',
    token: 'https://api.dropboxapi.com/oauth2/token',
    person: 'https://api.dropboxapi.com/2/users/get_current_account',
    personMethod: 'POST',
    tokenAt: 'access_token',
    scope: 'account_info.read',
    extra: {},
    subject: ['account_id'],
    email: 'email',
    name: 'name.display_name',
    emailVerified: 'email_verified',
  },
  slack: {
    protocol: 'oauth2',
    title: 'Slack',
    directory: 'public',
    tellsWhen: false,
    subdomain: null,
    authorize: 'https://slack.com/oauth/v2/authorize',
    token: 'https://slack.com/api/oauth.v2.access',
    person: 'https://slack.com/api/users.identity',
    personMethod: 'GET',
    tokenAt: 'authed_user.access_token',
    scope: '',
    extra: { user_scope: 'identity.basic,identity.email' },
    // Ids of users are unique in a workspace only.
    subject: ['team.id', 'user.id'],
    email: 'user.email',
    name: 'user.name',
    emailVerified: null,
  },
}

/** What the reference names besides, and why nobody logs in by it here. */
const refusedProviders = {
  /** OpenID 2.0 has ended there. */
  ubuntu: 'provider-has-ended',
  saml: 'provider-speaks-saml',
} as const

/** Why nobody may log in by it, though the reference names it; null for any other. */
export function whyRefused(name: string): ModelError | null {
  return Object.hasOwn(refusedProviders, name) ? refusedProviders[name as 'saml'] : null
}

/** What people call the providers, by the names that the API gives them. */
export function providerTitles(): Record<string, string> {
  return Object.fromEntries(Object.entries(providers).map(([name, { title }]) => [name, title]))
}

/** A provider by the name that the API gives it; null for one that is none. */
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
