/** Classes of login with a second factor, as the providers of providers.ts and the academic federations call them. */
const CLASSES = [
  'http://schemas.openid.net/pape/policies/2007/06/multi-factor',
  'http://schemas.microsoft.com/claims/multipleauthn',
  'https://refeds.org/profile/mfa',
  'phr',
  'phrh',
  'urn:okta:loa:2fa:any',
]

/** Methods by the kind of proof that they are (RFC 8176 §2): what one knows, has, is. */
const KINDS: Record<string, 'knowledge' | 'possession' | 'inherence'> = {
  pwd: 'knowledge',
  pin: 'knowledge',
  kba: 'knowledge',
  otp: 'possession',
  hwk: 'possession',
  swk: 'possession',
  sc: 'possession',
  sms: 'possession',
  tel: 'possession',
  pop: 'possession',
  fpt: 'inherence',
  face: 'inherence',
  iris: 'inherence',
  retina: 'inherence',
  vbm: 'inherence',
}

/** Whether an ID token says that a second factor was given: by its class, by `mfa`, or by two kinds of proof. */
export function saysSecondFactor({ acr, amr }: Record<string, unknown>): boolean {
  if (typeof acr === 'string' && CLASSES.includes(acr)) return true
  const methods = Array.isArray(amr) ? amr.filter((method) => typeof method === 'string') : []
  const kinds = methods.flatMap((method) => (Object.hasOwn(KINDS, method) ? KINDS[method] : []))
  return methods.includes('mfa') || new Set(kinds).size > 1
}
