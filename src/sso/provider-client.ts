import {
  type AuthorizationServer,
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  clockSkew,
  clockTolerance,
} from 'oauth4webapi'
import type { StoredSecrets } from '../tokens/stored-secrets.ts'
import { type Strategy, secretOwner } from './strategy.ts'

/** By how many seconds a provider's clock may be off. */
export const CLOCK_TOLERANCE_SECONDS = 60

/** This service as a client of a provider. @param now milliseconds since the Unix epoch */
export function clientOf({ clientId }: Strategy, now: number): Client {
  return {
    client_id: clientId,
    [clockSkew]: Math.round((now - Date.now()) / 1_000),
    [clockTolerance]: CLOCK_TOLERANCE_SECONDS,
  }
}

/** How it proves itself: as the provider asks for, by the header where both will do. */
export async function authenticationOf(
  storedSecrets: StoredSecrets,
  strategy: Strategy,
  { token_endpoint_auth_methods_supported: methods }: AuthorizationServer,
): Promise<ClientAuth> {
  const secret = await storedSecrets.unseal(strategy.clientSecret, secretOwner(strategy))
  return methods === undefined || methods.includes('client_secret_basic')
    ? ClientSecretBasic(secret)
    : ClientSecretPost(secret)
}
