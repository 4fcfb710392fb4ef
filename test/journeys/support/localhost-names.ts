import dns from 'node:dns'

const lookup = dns.lookup as (hostname: string, ...rest: unknown[]) => void

/** Browsers and curl resolve `*.localhost` locally (RFC 6761 §6.3), but Node asks a name server. */
dns.lookup = ((hostname: string, ...rest: unknown[]) =>
  lookup(
    hostname.endsWith('.localhost') ? 'localhost' : hostname,
    ...rest,
  )) as unknown as typeof dns.lookup
