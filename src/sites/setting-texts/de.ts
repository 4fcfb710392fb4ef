import type { RuleTexts } from '../setting-texts.ts'

export const de: RuleTexts = {
  rules: {
    session_expiry: [
      'Stunden, bis eine unbenutzte Sitzung endet',
      '6 sind üblich. Weniger sind sicherer an gemeinsamen Rechnern.',
    ],
    session_pinned_by_ip: [
      'Eine Sitzung gilt nur dort, wo sie begann',
      'Wer das Netz wechselt, muss sich neu anmelden.',
    ],
    allowed_ips: [
      'Adressen, von denen Benutzer kommen dürfen',
      'Eine Adresse oder ein Netz je Zeile. Leer: von überall. Ihre muss dabei sein.',
    ],
    opt_out_global: [
      'Die Site bleibt in ihrer Region',
      'Anmelden geht nur an der Adresse der Region. Ohne Haken: von überall.',
    ],
    disable_users_from_inactivity_period_days: [
      'Tage der Abwesenheit, die aussperren',
      '0: nie. Wer eine Sitzung oder einen Schlüssel benutzt, ist da. Freigeben lässt wieder ein; Admins bleiben.',
    ],
    password_min_length: [
      'Mindestlänge eines Passworts',
      '15 werden empfohlen. Vorhandene Passwörter bleiben.',
    ],
    password_require_letter: [
      'Ein Passwort braucht einen Buchstaben',
      'Länge bringt mehr: besser ohne Haken.',
    ],
    password_require_mixed: [
      'Ein Passwort braucht große und kleine Buchstaben',
      'Länge bringt mehr: besser ohne Haken.',
    ],
    password_require_number: [
      'Ein Passwort braucht eine Ziffer',
      'Länge bringt mehr: besser ohne Haken.',
    ],
    password_require_special: [
      'Ein Passwort braucht ein anderes Zeichen',
      'Länge bringt mehr: besser ohne Haken.',
    ],
    password_validity_days: [
      'Tage, bis ein Passwort geändert werden muss',
      '0: nie, was heute empfohlen wird.',
    ],
    max_prior_passwords: [
      'Letzte Passwörter, die nicht wiederkommen dürfen',
      '0 ist üblich. Höchstens 24.',
    ],
    disable_password_reset: [
      'Niemand setzt ein Passwort allein zurück',
      'Man muss dann einen Admin fragen.',
    ],
    user_lockout: [
      'Nach Fehlversuchen sperren',
      'Besser mit Haken: wer rät, wird aufgehalten. Eine bekannte Adresse bleibt offen.',
    ],
    user_lockout_tries: ['Fehlversuche, die sperren', '10 sind üblich.'],
    user_lockout_within: ['Stunden, über die Fehlversuche zählen', '1 ist üblich.'],
    user_lockout_lock_period: ['Stunden, die die Sperre dauert', '1 ist üblich.'],
    require_2fa: [
      'Ein zweiter Faktor ist nötig',
      'Wer keinen hat, richtet ihn bei der nächsten Anmeldung ein.',
    ],
    require_2fa_user_type: ['Wer einen zweiten Faktor braucht', 'Wenn überhaupt einer nötig ist.'],
    require_2fa_stop_time: ['Ein zweiter Faktor ist nötig bis', 'Leer: für immer.'],
    allowed_2fa_method_totp: ['Authenticator-Apps sind erlaubt', 'Sie brauchen kein Netz.'],
    allowed_2fa_method_u2f: [
      'Sicherheitsschlüssel sind erlaubt',
      'Das Sicherste: niemand kann sie abfischen. Passkeys gehören dazu.',
    ],
    allowed_2fa_method_yubi: ['Yubikeys sind erlaubt', 'Solche, die ein Einmalpasswort tippen.'],
    allowed_2fa_method_sms: [
      'Codes per Textnachricht sind erlaubt',
      'Das Unsicherste: Nummern werden gestohlen.',
    ],
    api_keys_manage_credentials: [
      'API-Schlüssel dürfen Schlüssel, Benutzer und Einstellungen verwalten',
      'Das brauchen Programme wie Terraform, die den API-Schlüssel eines Administrators verwenden. Kein Schlüssel kann Administratoren anlegen oder deren Zugangsdaten ändern. Empfohlen: aus, wenn Sie kein solches Programm verwenden.',
    ],
    desktop_app: ['Desktop-Apps dürfen verbunden werden', 'Aus: verbundene Apps enden sofort.'],
    desktop_app_session_ip_pinning: [
      'Apps gelten nur in einem Netz',
      'Wer das Netz wechselt, muss neu verbinden.',
    ],
    desktop_app_session_lifetime: [
      'Stunden, bis eine App neu verbunden werden muss',
      '720 sind üblich. 0: nie.',
    ],
    language: ['Sprache', 'Für Benutzer, die keine gewählt haben.'],
    login_help_text: ['Hilfe auf der Anmeldeseite', 'Zum Beispiel, wen man fragt.'],
    welcome_email_enabled: [
      'Neue Benutzer werden per Mail begrüßt',
      'Einladungen, ein Passwort zu wählen, gehen immer hinaus.',
    ],
    ssl_required: ['Verschlüsselung ist nötig', 'Für andere Protokolle wie FTP. Besser mit Haken.'],
    tls_disabled: ['Auch ältere Verschlüsselung gilt', 'Für andere Protokolle. Besser ohne Haken.'],
    use_provided_modified_at: [
      'Zeiten von Dateien bleiben',
      'Für andere Protokolle: Dateien behalten die Zeiten, mit denen sie kommen.',
    ],
    windows_mode_ftp: ['FTP listet Dateien wie Windows', 'Für alte Programme, die das brauchen.'],
  },
  groups: {
    sessions: 'Sitzungen, und von wo',
    passwords: 'Passwörter',
    lockout: 'Fehlversuche',
    factors: 'Zweite Faktoren',
    keys: 'API-Schlüssel',
    apps: 'Desktop-Apps',
    people: 'Was man liest',
    protocols: 'Andere Protokolle',
  },
  all: 'Alle',
  siteAdmins: 'Nur Admins',
  callers: 'Die des Browsers',
}
