import type { RuleTexts } from '../setting-texts.ts'

export const en: RuleTexts = {
  rules: {
    session_expiry: [
      'Hours until an unused session ends',
      '6 is usual. Fewer are safer on shared machines.',
    ],
    session_pinned_by_ip: [
      'A session is good only where it began',
      'People who change networks must log in again.',
    ],
    allowed_ips: [
      'Addresses that users may come from',
      'One address or network a line. Empty: from anywhere. Yours must be among them.',
    ],
    opt_out_global: [
      'The site keeps to its region',
      'Users log in at the address of the region only. Not ticked: from wherever they are.',
    ],
    disable_users_from_inactivity_period_days: [
      'Days away that keep a user out',
      '0: never. A session or key in use is no absence. You let it in again by Enable; admins stay in.',
    ],
    password_min_length: [
      'Least characters of a password',
      '15 is advised. Present passwords stay.',
    ],
    password_require_letter: ['A password needs a letter', 'Length does more: better not ticked.'],
    password_require_mixed: [
      'A password needs capital and small letters',
      'Length does more: better not ticked.',
    ],
    password_require_number: ['A password needs a number', 'Length does more: better not ticked.'],
    password_require_special: [
      'A password needs another character',
      'Length does more: better not ticked.',
    ],
    password_validity_days: [
      'Days until a password must be changed',
      '0: never, which is advised today.',
    ],
    max_prior_passwords: ['Last passwords that may not be set again', '0 is usual. 24 at most.'],
    disable_password_reset: ['Nobody resets a password alone', 'People then have to ask an admin.'],
    user_lockout: [
      'Lock a user after failures',
      'Better ticked: who guesses is stopped. A known address of the user stays open.',
    ],
    user_lockout_tries: ['Failures that lock a user', '10 is usual.'],
    user_lockout_within: ['Hours over which failures count', '1 is usual.'],
    user_lockout_lock_period: ['Hours that the lock lasts', '1 is usual.'],
    require_2fa: ['A second factor is needed', 'Who has none sets one up at the next log in.'],
    require_2fa_user_type: ['Who needs a second factor', 'Where one is needed at all.'],
    require_2fa_stop_time: ['A second factor is needed until', 'Empty: for good.'],
    allowed_2fa_method_totp: ['Authenticator apps may be set up', 'They need no network.'],
    allowed_2fa_method_u2f: [
      'Security keys may be set up',
      'The safest: they cannot be phished. Passkeys are among them.',
    ],
    allowed_2fa_method_yubi: [
      'Yubikeys may be set up',
      'Those that type a password which works once.',
    ],
    allowed_2fa_method_sms: [
      'Codes may be texted to phones',
      'The least safe: numbers can be stolen.',
    ],
    api_keys_manage_credentials: [
      'API keys can manage keys, users and settings',
      'Lets programs such as Terraform use an admin’s API key to do so. No key can create admins or change an admin’s credentials. Recommended: off if you use no such program.',
    ],
    desktop_app: ['Desktop apps may be paired', 'Off: paired apps stop at once.'],
    desktop_app_session_ip_pinning: [
      'Apps are paired and used in one network only',
      'People who change networks must pair again.',
    ],
    desktop_app_session_lifetime: [
      'Hours until an app must be paired again',
      '720 is usual. 0: never.',
    ],
    language: ['Language', 'For users who have chosen none.'],
    login_help_text: ['Help on the log-in page', 'Whom to ask, for instance.'],
    welcome_email_enabled: [
      'New users are greeted by mail',
      'Invitations to choose a password are sent anyway.',
    ],
    ssl_required: ['Encryption is needed', 'Told to other protocols, such as FTP. Better ticked.'],
    tls_disabled: ['Older encryption is taken, too', 'Told to other protocols. Better not ticked.'],
    use_provided_modified_at: [
      'Times of files are kept',
      'Told to other protocols: files keep the times that they are sent with.',
    ],
    windows_mode_ftp: ['FTP lists files as Windows does', 'For old programs that ask for it.'],
  },
  groups: {
    sessions: 'Sessions, and from where',
    passwords: 'Passwords',
    lockout: 'Wrong guesses',
    factors: 'Second factors',
    keys: 'API keys',
    apps: 'Desktop apps',
    people: 'What people read',
    protocols: 'Other protocols',
  },
  all: 'Everybody',
  siteAdmins: 'Admins only',
  callers: 'The browser’s',
}
