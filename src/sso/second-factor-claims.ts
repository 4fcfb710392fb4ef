/** Values of `acr` that mean a second factor, as providers and academic federations use them. */
const CLASSES = [
  'http://schemas.openid.net/pape/policies/2007/06/multi-factor',
  'http://schemas.microsoft.com/claims/multipleauthn',
  'https://refeds.org/profile/mfa',
  'phr',
  'phrh',
  'urn:okta:loa:2fa:any',
]

/** Authentication methods by kind (RFC 8176 §2). */
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

/** Whether an ID token shows a second factor: by its `acr`, by `mfa` in its `amr`, or by methods of two kinds. */
export function saysSecondFactor({ acr, amr }: Record<string, unknown>): boolean {
  if (typeof acr === 'string' && CLASSES.includes(acr)) return true
  const methods = Array.isArray(amr) ? amr.filter((method) => typeof method === 'string') : []
  const kinds = methods.flatMap((method) => (Object.hasOwn(KINDS, method) ? KINDS[method] : []))
  return methods.includes('mfa') || new Set(kinds).size > 1
}
