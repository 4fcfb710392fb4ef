/**
 * Loads what verifies keys. The library of certificates that it stands on refuses to be evaluated before this polyfill,
 * and a bundler does not keep the order of imports between modules of both kinds.
 */
export async function loadWebauthn() {
  await import('reflect-metadata')
  return import('./webauthn.ts')
}

/** Loads what reads certificates, in the same order. */
export async function loadCertificates() {
  await import('reflect-metadata')
  return import('@peculiar/x509')
}
