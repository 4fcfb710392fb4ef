import type { Language } from '../platform/languages.ts'

/** The rules that the page offers; the API has them all. Each with its name and what it means. */
export const offeredRules = {
  session_expiry: 'number',
  session_pinned_by_ip: 'flag',
  allowed_ips: 'lines',
  require_2fa: 'flag',
  password_min_length: 'number',
  password_validity_days: 'number',
  user_lockout_tries: 'number',
  user_lockout_lock_period: 'number',
  disable_users_from_inactivity_period_days: 'number',
  disable_password_reset: 'flag',
  desktop_app: 'flag',
  login_help_text: 'lines',
} as const satisfies Record<string, 'number' | 'flag' | 'lines'>

export type OfferedRule = keyof typeof offeredRules

export const ruleTexts: Record<Language, Record<OfferedRule, [label: string, hint: string]>> = {
  en: {
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
    require_2fa: [
      'Everybody needs a second factor',
      'Who has none sets one up at the next log in.',
    ],
    password_min_length: [
      'Least characters of a password',
      '15 is advised. Present passwords stay.',
    ],
    password_validity_days: [
      'Days until a password must be changed',
      '0: never, which is advised today.',
    ],
    user_lockout_tries: [
      'Failures that lock a user',
      '10 is usual. They are counted over an hour, unless the API says otherwise.',
    ],
    user_lockout_lock_period: ['Hours that the lock lasts', '1 is usual.'],
    disable_users_from_inactivity_period_days: [
      'Days without a log in that keep a user out',
      '0: never. An admin lets it in again by Enable.',
    ],
    disable_password_reset: ['Nobody resets a password alone', 'People then have to ask an admin.'],
    desktop_app: ['Desktop apps may be paired', 'Off: paired apps stop at once.'],
    login_help_text: ['Help on the log-in page', 'Whom to ask, for instance.'],
  },
  de: {
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
    require_2fa: [
      'Alle brauchen einen zweiten Faktor',
      'Wer keinen hat, richtet ihn bei der nächsten Anmeldung ein.',
    ],
    password_min_length: [
      'Mindestlänge eines Passworts',
      '15 werden empfohlen. Vorhandene Passwörter bleiben.',
    ],
    password_validity_days: [
      'Tage, bis ein Passwort geändert werden muss',
      '0: nie, was heute empfohlen wird.',
    ],
    user_lockout_tries: [
      'Fehlversuche, die sperren',
      '10 sind üblich. Gezählt wird über eine Stunde, wenn die API nichts anderes sagt.',
    ],
    user_lockout_lock_period: ['Stunden, die die Sperre dauert', '1 ist üblich.'],
    disable_users_from_inactivity_period_days: [
      'Tage ohne Anmeldung, die aussperren',
      '0: nie. Ein Admin lässt wieder ein, mit Freigeben.',
    ],
    disable_password_reset: [
      'Niemand setzt ein Passwort allein zurück',
      'Man muss dann einen Admin fragen.',
    ],
    desktop_app: ['Desktop-Apps dürfen verbunden werden', 'Aus: verbundene Apps enden sofort.'],
    login_help_text: ['Hilfe auf der Anmeldeseite', 'Zum Beispiel, wen man fragt.'],
  },
  es: {
    session_expiry: [
      'Horas hasta que termina una sesión sin uso',
      'Lo habitual son 6. Menos es más seguro en equipos compartidos.',
    ],
    session_pinned_by_ip: [
      'Una sesión solo vale donde empezó',
      'Quien cambia de red debe iniciar sesión de nuevo.',
    ],
    allowed_ips: [
      'Direcciones desde las que pueden entrar',
      'Una dirección o red por línea. Vacío: desde cualquiera. La suya debe estar.',
    ],
    require_2fa: ['Todos necesitan un segundo factor', 'Quien no lo tiene lo configura al entrar.'],
    password_min_length: [
      'Longitud mínima de una contraseña',
      'Se aconsejan 15. Las actuales se mantienen.',
    ],
    password_validity_days: [
      'Días hasta que hay que cambiar la contraseña',
      '0: nunca, que es lo aconsejado hoy.',
    ],
    user_lockout_tries: [
      'Fallos que bloquean',
      'Lo habitual son 10. Se cuentan durante una hora, si la API no dice otra cosa.',
    ],
    user_lockout_lock_period: ['Horas que dura el bloqueo', 'Lo habitual es 1.'],
    disable_users_from_inactivity_period_days: [
      'Días sin entrar que dejan fuera a un usuario',
      '0: nunca. Un administrador lo deja entrar con Activar.',
    ],
    disable_password_reset: [
      'Nadie restablece solo su contraseña',
      'Hay que pedirlo a un administrador.',
    ],
    desktop_app: [
      'Se pueden vincular aplicaciones de escritorio',
      'Desactivado: las vinculadas se detienen de inmediato.',
    ],
    login_help_text: ['Ayuda en la página de inicio de sesión', 'Por ejemplo, a quién preguntar.'],
  },
  fr: {
    session_expiry: [
      'Heures avant la fin d’une session inutilisée',
      '6 est courant. Moins est plus sûr sur des postes partagés.',
    ],
    session_pinned_by_ip: [
      'Une session ne vaut que là où elle a commencé',
      'Qui change de réseau doit se reconnecter.',
    ],
    allowed_ips: [
      'Adresses d’où l’on peut venir',
      'Une adresse ou un réseau par ligne. Vide : de partout. La vôtre doit en être.',
    ],
    require_2fa: [
      'Tous ont besoin d’un second facteur',
      'Qui n’en a pas en met un en place à la connexion.',
    ],
    password_min_length: [
      'Longueur minimale d’un mot de passe',
      '15 est conseillé. Les actuels restent.',
    ],
    password_validity_days: [
      'Jours avant de devoir changer le mot de passe',
      '0 : jamais, ce qui est conseillé aujourd’hui.',
    ],
    user_lockout_tries: [
      'Échecs qui bloquent',
      '10 est courant. Ils sont comptés sur une heure, sauf avis contraire de l’API.',
    ],
    user_lockout_lock_period: ['Heures que dure le blocage', '1 est courant.'],
    disable_users_from_inactivity_period_days: [
      'Jours sans connexion qui excluent',
      '0 : jamais. Un administrateur réadmet par Activer.',
    ],
    disable_password_reset: [
      'Personne ne réinitialise seul son mot de passe',
      'Il faut alors demander à un administrateur.',
    ],
    desktop_app: [
      'Des applications de bureau peuvent être liées',
      'Désactivé : celles qui le sont s’arrêtent aussitôt.',
    ],
    login_help_text: ['Aide sur la page de connexion', 'Par exemple, à qui demander.'],
  },
}
