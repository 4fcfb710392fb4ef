import dns from 'node:dns'

const lookup = dns.lookup as (hostname: string, ...rest: unknown[]) => void

/** Browsers and curl find `*.localhost` on this machine (RFC 6761 §6.3); Node asks a name server. */
dns.lookup = ((hostname: string, ...rest: unknown[]) =>
  lookup(
    hostname.endsWith('.localhost') ? 'localhost' : hostname,
    ...rest,
  )) as unknown as typeof dns.lookup
