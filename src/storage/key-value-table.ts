/** How long a host is stored. A stale entry expires by itself. */
export const HOST_TTL_SECONDS = 3_600

/** Every kind of key in Workers KV. KV is eventually consistent, so nothing here decides what may happen only once. */
export const keyValueTable = {
  /** Site host → its site. Rebuilt from D1 if it is missing; see sites/site-hosts.ts. */
  host: (host: { subdomain: string } | { domain: string }) =>
    'domain' in host ? `host:domain:${host.domain}` : `host:site:${host.subdomain}`,
  /** SHA-256 of a pairing key → code of the region of its approval; see pairing/pairing-pointer.ts. */
  pairing: (digest: string) => `pairing:${digest}`,
  /** SHA-256 of a reset code → user and credential version; see passwords/reset/reset-code-store.ts. */
  resetCode: (digest: string) => `reset:${digest}`,
}
