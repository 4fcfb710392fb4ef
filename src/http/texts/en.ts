import type { ModelError, ProblemType } from '../problem-types.ts'

export const en = {
  problems: {
    'bad-request/invalid-logout-token': 'This logout token is not good.',
    'bad-request/invalid-oauth-provider':
      'This identity provider is unknown, or not set up for the site.',
    'bad-request/https-required': 'This API is only served over HTTPS.',
    'bad-request/invalid-body': 'The request body could not be read: {detail}.',
    'bad-request/invalid-input-encoding':
      'The request address is not valid percent-encoded UTF-8. Send a percent sign as %25.',
    'bad-request/invalid-interface': 'The interface is one of web, desktop, mobile.',
    'bad-request/method-not-allowed': 'This address does not accept {method} requests.',
    'bad-request/request-params-invalid': 'Request parameter invalid: {name}',
    'bad-request/request-params-required': 'Required request parameter missing: {name}',
    'bad-request/unsupported-media-type':
      'Send parameters as application/json, application/x-www-form-urlencoded or multipart/form-data.',
    'not-authenticated/invalid-oauth':
      'The log in by the identity provider did not work. Begin it again.',
    'not-authenticated/two-factor-authentication-setup-expired':
      'The setup took longer than 10 minutes. Begin it again.',
    'not-authenticated/two-factor-authentication-error':
      '2FA Authentication error: give a code of your second factor ({methods}).',
    'not-authenticated/one-time-password-incorrect': 'The code is not right, or was used before.',
    'not-authenticated/passkey-offer-expired': 'This page was open for too long. Try again.',
    'not-authenticated/invalid-session':
      'This step took too long, or there were too many wrong codes. Log in again.',
    'not-authenticated/api-key-sessions-not-supported':
      'An API key starts no session. Send it as X-FilesAPI-Key with each request.',
    'not-authenticated/authentication-required':
      'Log in first: this request carries no credential.',
    'not-authenticated/invalid-credentials':
      'The API key or Session token provided could not be used to validate this request.',
    'not-authenticated/invalid-or-expired-code':
      'This code is not valid, or no longer. Ask for a new link.',
    'not-authenticated/invalid-username-or-password': 'Invalid username or password',
    'not-authenticated/locked-out': 'Too many failed attempts. Log in again after {until}.',
    'not-authenticated/lockout-region-mismatch':
      'This site is served in its own region only. Send your requests to {host}.',
    'not-authorized/self-managed-required':
      'This needs a session of a user who is a person: log in with username and password.',
    'not-authorized/desktop-app-of-other-network':
      'The app is in another network than you are, and your site does not allow that.',
    'not-authorized/desktop-apps-are-off': 'Your site does not allow desktop apps.',
    'not-authorized/insufficient-permission-for-params':
      'You do not have permission to change this ({name}). An API key cannot do everything that its owner can: log in to do it.',
    'not-authorized/cant-act-for-other-user': 'This can be done for oneself only.',
    'not-authorized/reauthentication-needed-action':
      'Please confirm this with your password (header X-Files-Reauthentication: password:…).',
    'not-authorized/reauthentication-failed': 'The password is not right.',
    'not-authorized/must-authenticate-with-api-key':
      'This is about the API key in use: send one, and no session.',
    'not-authorized/api-key-only-for-desktop-app': 'The key of a desktop app may not do this.',
    'not-authorized/cannot-login-while-using-key':
      'You cannot log in while sending an API key. Leave the key out of this request.',
    'not-authorized/cross-site-request':
      'This form was not sent from a page of ours. Open the page again, please.',
    'not-authorized/form-of-another-session':
      'This page was opened in an earlier session, so nothing was changed. Open it again to go on as {username}.',
    'not-authorized/form-outdated':
      'This page was open for too long, so nothing was changed. Open it again and repeat what you wanted to do.',
    'not-authorized/contact-admin-for-password-change-help':
      'Passwords of this site are reset by its administrator. Please ask there.',
    'not-authorized/password-change-not-required':
      'This password does not have to be changed. Log in without change_password.',
    'not-authorized/password-change-required':
      'Choose a new password: send the same log in again, with it as change_password.',
    'not-authorized/two-factor-authentication-required':
      'Set up two-factor authentication before doing anything else.',
    'not-authorized/user-id-without-site-admin': 'Only a site administrator may name another user.',
    'not-authorized/read-only-session': 'This session may look, but not change anything.',
    'not-authorized/site-admin-required': 'Only a site administrator may do this.',
    'not-found/sso-strategy-not-found': 'There is no such single sign-on strategy.',
    'not-found/sso-identity-not-found': 'There is no such link to an identity provider.',
    'not-found/two-factor-method-not-found': 'There is no such two-factor method.',
    'not-found/code-not-found':
      'This pairing is not there: not approved yet, used, or too old. Start again from the app.',
    'not-found/api-key-not-found': 'There is no such API key.',
    'not-found/not-found': 'There is nothing at this address.',
    'not-found/session-not-found': 'There is no such session, or it has ended.',
    'not-found/site-not-found': 'There is no such site.',
    'not-found/user-not-found': 'There is no such user.',
    'processing-failure/two-factor-authentication-code-already-sent':
      'A code was sent less than a minute ago. Wait for it, or ask again later.',
    'processing-failure/failed-to-change-password':
      'The password was not changed: your account changed at the same time. Please try again.',
    'processing-failure/model-save-error': 'Not saved. {errors}',
    'rate-limited/reauthentication-rate-limited':
      'Too many wrong passwords. Please try again later.',
    'rate-limited/too-many-login-attempts':
      'Too many attempts to log in. Please try again in a minute.',
    'rate-limited/too-many-requests': 'Too many requests. Please try again in a minute.',
    'site-configuration/no-account-for-site': 'There is no account at this address.',
    'service-unavailable/identity-provider-unavailable':
      'The identity provider does not answer just now. Please try again in a minute.',
    'service-unavailable/second-factor-unavailable':
      'The service that checks this second factor does not answer. Try again soon, or use another way.',
    'service-unavailable/not-configured':
      'This service is not set up yet. Its log says what is missing.',
    'service-unavailable/resolver-unavailable':
      'The domain name system does not answer just now. Please try again shortly.',
    'service-unavailable/storage-unavailable':
      'Our storage does not answer just now. Please try again shortly.',
    'service-unavailable/unexpected':
      'Something went wrong on our side. Please try again, and name the request id if it stays.',
  } satisfies Record<ProblemType, string> as Record<ProblemType, string>,
  modelErrors: {
    'email-malformed':
      'This is not an email address that mail can be delivered to, such as jane@example.com.',
    'username-stays': 'A username stays as it is. Create another user, and delete this one.',
    'strategy-missing': 'Who logs in by single sign-on needs a strategy of the site.',
    'strategy-unknown': 'The site has no such single sign-on strategy.',
    'time-zone-unknown': 'This is no time zone such as Europe/Berlin.',
    'language-unknown': 'Texts are in en, de, es and fr.',
    'instant-malformed': 'This must be a date and time such as 2027-01-31T12:00:00Z.',
    'day-impossible': '{day} is not a calendar date. Check the day and month.',
    'address-list-excludes-you':
      'The address that you use now is not in the list: you would lock yourself out.',
    'address-list-malformed':
      'Write one address or network a line, such as 192.0.2.7 or 2001:db8::/32; 200 at most.',
    'last-admin': 'This is the last administrator of the site: name another one first.',
    'last-way-in': 'This is the only way you log in: ask an administrator to end it.',
    'too-many-strategies': 'There are as many strategies as a site may have.',
    'label-taken': 'Another strategy of this provider has this label.',
    'issuer-address': 'This must be the public https address of the issuer, without a query.',
    'not-of-provider': 'This provider has no use for it.',
    'provider-subdomain':
      'What names you at the provider is needed, as it stands in your address there.',
    'provider-speaks-saml':
      'SAML is not supported yet. Most of its providers speak OpenID Connect as well, which is.',
    'provider-has-ended':
      'Nobody can log in by this provider any more: it has ended its OpenID 2.0 service.',
    'provision-for-everybody':
      'Everybody can have an account at this provider: name the domains (email_domains) of whose verified addresses users are made, or, of an OpenID Connect provider of your own, a group that is required.',
    'provision-never':
      'This provider vouches for no address, so it cannot say who may become a user.',
    'secret-of-other-issuer':
      'The secret that is kept is for the provider as it was: send the new one along.',
    'key-registered-before': 'This security key is registered already.',
    'yubikeys-are-off': 'This service takes no Yubikeys.',
    'texts-are-off': 'This service sends no text messages.',
    'too-many-invitations': 'Too many invitations were sent. Please try again later.',
    'too-many-texts': 'Too many codes were sent today.',
    'phone-number-of-other-country': 'Codes are not sent to numbers of this country.',
    'phone-number-malformed': 'This is no phone number; write it with + and the country’s code.',
    'factors-too-many': 'There are too many methods; remove one first.',
    'factor-code-wrong': 'The code is not right.',
    'factor-not-allowed': 'The site does not allow this method.',
    'logo-unreadable': 'The picture must be a PNG, JPEG or WebP of at most 32 KiB.',
    'color-malformed': 'A colour is written as # and six hexadecimal digits.',
    'path-malformed': 'Write the path of a folder, such as projects/2027.',
    'wider-than-parent':
      'This key was made by another API key and cannot go further than that one. Create a new key instead.',
    'too-many-keys': 'A user can have 100 API keys. Delete one that is not needed.',
    'expires-in-the-past': 'Expires at must lie in the future.',
    'email-missing': 'A mail address is needed for this.',
    'domain-malformed': 'This is not a domain name such as files.example.com.',
    'domain-reserved': 'This domain belongs to the service itself.',
    'domain-taken': 'Another site uses this domain, or gave it up in the last 90 days.',
    'domain-unproved': 'The TXT record that proves this domain is yours was not found yet.',
    'password-hash-too-costly':
      'This hash takes more work than one log in may cost here: bcrypt up to cost 12, PBKDF2 up to 1,000,000 rounds, crypt up to 50,000, scrypt up to 32 MiB, Argon2id up to 64 MiB. Let the user set a new password.',
    'password-hash-unknown-format':
      'This is no hash that passwords can be verified against here. The operations guide lists the formats.',
    'password-holds-name':
      'Do not build a password on the username, the mail address or the name of the site.',
    'password-is-breached':
      'This password is in a list of passwords that were stolen elsewhere. Choose another.',
    'password-is-common': 'This is one of the passwords that are tried first. Choose another.',
    'password-lacks-letter': 'A password needs a letter.',
    'password-lacks-mixed': 'A password needs a capital and a small letter.',
    'password-lacks-number': 'A password needs a number.',
    'password-lacks-special': 'A password needs a character that is neither a letter nor a number.',
    'password-of-no-use': 'This user does not log in by a password.',
    'second-factor-impossible':
      'A second factor is required, and no method is allowed by which one could be set up.',
    'password-not-confirmed': 'The two passwords are not the same.',
    'password-too-short': 'A password needs at least {characters} characters.',
    'password-used-before': 'You have had this password before. Choose another.',
    'redirect-host-unknown':
      'This is not a host of the site. Send its subdomain’s host or its verified domain.',
    'redirect-host-untested':
      'No test login at this host has passed within the last hour. Make one first.',
    'host-has-keys':
      'Users whose security keys or passkeys work at this host only: {count}. Ask them to register others first, or confirm the change with confirm_key_loss: they then need another method or a recovery code.',
    'host-receives-logins':
      'Single sign-on ({labels}) receives its logins at this host and would stop working. Move it to another host first, or confirm the change with confirm_sso_stop.',
    'subdomain-malformed':
      'A subdomain has letters, digits and hyphens, at most 63, and no hyphen at either end.',
    'subdomain-reserved': 'This subdomain is reserved.',
    'subdomain-taken':
      'Another site uses this subdomain, or gave it up in the last 90 days. Choose another.',
    'username-is-foreign-address': 'A mail address can be the username of its verified owner only.',
    'username-malformed': 'A username cannot be empty, or just one or two dots.',
    'username-unseen': 'A username cannot contain invisible characters. Remove {character}.',
    'username-spaces': 'Separate the parts of a username with single, ordinary spaces.',
    'username-not-plain':
      'A username cannot contain special forms of letters. Write it as “{plain}”.',
    'username-mixed-scripts':
      'A username cannot mix letters of several scripts, such as Latin and Cyrillic.',
    'username-looks-alike': 'This username looks like the username of another user of this site.',
    'username-taken': 'This username is already taken.',
  } satisfies Record<ModelError, string> as Record<ModelError, string>,
}
