import type { Language } from '../http/languages.ts'
import type { UserSetting } from './user-fields.ts'

type SettingTexts = Record<UserSetting, [label: string, hint: string]>

const en: SettingTexts = {
  email: ['Mail address', 'Where our mail goes. It lets nobody in until its owner has proved it.'],
  language: ['Language', 'Of pages and mails.'],
  time_zone: ['Time zone', 'Of dates in mails and pages, such as Europe/Berlin. Empty: UTC.'],
  authentication_method: [
    'Login method',
    'Changing this ends all sessions of the user. Choosing anything but a password deletes their password.',
  ],
  sso_strategy_id: [
    'Identity provider',
    'Needed by who logs in by single sign-on. Another one ends all its sessions.',
  ],
  require_2fa: ['Second factor', 'This wins over the rule of the site.'],
  require_password_change: [
    'Must choose a new password',
    'At the next log in. Choose this when somebody else knows the password.',
  ],
  password_validity_days: [
    'Days until the password must be changed',
    'Empty: as the site says. 0: never, which is advised today.',
  ],
  self_managed: [
    'Is one person',
    'Not ticked: several people or a machine share it. It then has no second factor and changes no password.',
  ],
  allowed_ips: [
    'Addresses that it may come from',
    'One address or network a line. Empty: from anywhere. The list of the site counts as well.',
  ],
  bypass_site_allowed_ips: [
    'The list of the site does not count',
    'Only that of the user does, if it has one.',
  ],
  authenticate_until: ['Let in until', 'Empty: for ever. Its sessions end then, too.'],
  restapi_permission: [
    'May use this service',
    'Not ticked: only other protocols, such as SFTP, may log it in.',
  ],
  site_admin: ['Administrator of the site', 'May do all that these pages offer.'],
  read_only: ['May only look', 'Changes nothing, not even as an administrator.'],
  user_root: ['Folder that it begins in', 'Told to other protocols. Empty: the top.'],
  ssl_required: ['Encryption', 'Told to other protocols, such as FTP.'],
  disabled: ['Disabled', 'Is let in no more, and its keys are refused.'],
}

const de: SettingTexts = {
  email: [
    'Mailadresse',
    'Dorthin gehen unsere Mails. Sie lässt niemanden ein, bis sie nachgewiesen ist.',
  ],
  language: ['Sprache', 'Von Seiten und Mails.'],
  time_zone: ['Zeitzone', 'Von Zeiten in Mails und Seiten, etwa Europe/Berlin. Leer: UTC.'],
  authentication_method: [
    'Anmeldemethode',
    'Eine Änderung beendet alle Sitzungen des Benutzers. Jede andere Wahl als ein Passwort löscht sein Passwort.',
  ],
  sso_strategy_id: [
    'Identitätsanbieter',
    'Nötig für Single Sign-on. Ein anderer beendet alle Sitzungen.',
  ],
  require_2fa: ['Zweiter Faktor', 'Geht der Regel der Site vor.'],
  require_password_change: [
    'Muss ein neues Passwort wählen',
    'Bei der nächsten Anmeldung. Richtig, wenn jemand anderes das Passwort kennt.',
  ],
  password_validity_days: [
    'Tage, bis das Passwort geändert werden muss',
    'Leer: wie die Site es sagt. 0: nie, was heute empfohlen wird.',
  ],
  self_managed: [
    'Ist eine einzelne Person',
    'Ohne Haken: mehrere Personen oder eine Maschine. Dann gibt es keinen zweiten Faktor und keine Passwortänderung.',
  ],
  allowed_ips: [
    'Adressen, von denen der Benutzer kommen darf',
    'Eine Adresse oder ein Netz je Zeile. Leer: von überall. Die Liste der Site gilt auch.',
  ],
  bypass_site_allowed_ips: [
    'Die Liste der Site gilt nicht',
    'Nur die des Benutzers, wenn es eine gibt.',
  ],
  authenticate_until: ['Zugang bis', 'Leer: für immer. Auch die Sitzungen enden dann.'],
  restapi_permission: [
    'Darf diesen Dienst benutzen',
    'Ohne Haken: nur andere Protokolle wie SFTP dürfen anmelden.',
  ],
  site_admin: ['Administrator der Site', 'Darf alles, was diese Seiten bieten.'],
  read_only: ['Darf nur schauen', 'Ändert nichts, auch nicht als Administrator.'],
  user_root: ['Ordner am Anfang', 'Für andere Protokolle. Leer: der oberste.'],
  ssl_required: ['Verschlüsselung', 'Für andere Protokolle wie FTP.'],
  disabled: ['Gesperrt', 'Wird nicht mehr eingelassen, und Schlüssel werden abgelehnt.'],
}

const es: SettingTexts = {
  email: [
    'Dirección de correo',
    'Adonde va nuestro correo. No deja entrar a nadie hasta que se haya comprobado.',
  ],
  language: ['Idioma', 'De páginas y correos.'],
  time_zone: [
    'Zona horaria',
    'De las fechas en correos y páginas, como Europe/Berlin. Vacío: UTC.',
  ],
  authentication_method: [
    'Método de inicio de sesión',
    'Al cambiarlo se cierran todas las sesiones del usuario. Si elige otro que no sea la contraseña, esta se borra.',
  ],
  sso_strategy_id: [
    'Proveedor de identidad',
    'Necesario para el inicio de sesión único. Otro cierra todas sus sesiones.',
  ],
  require_2fa: ['Segundo factor', 'Prevalece sobre la regla del sitio.'],
  require_password_change: [
    'Debe elegir otra contraseña',
    'La próxima vez que entre. Márquelo si otra persona conoce la contraseña.',
  ],
  password_validity_days: [
    'Días hasta que hay que cambiar la contraseña',
    'Vacío: lo que diga el sitio. 0: nunca, que es lo aconsejado hoy.',
  ],
  self_managed: [
    'Es una sola persona',
    'Sin marcar: lo comparten varias personas o una máquina. No tiene entonces segundo factor ni cambia la contraseña.',
  ],
  allowed_ips: [
    'Direcciones desde las que puede entrar',
    'Una dirección o red por línea. Vacío: desde cualquiera. La lista del sitio también cuenta.',
  ],
  bypass_site_allowed_ips: [
    'La lista del sitio no cuenta',
    'Solo cuenta la del usuario, si la tiene.',
  ],
  authenticate_until: ['Puede entrar hasta', 'Vacío: siempre. Sus sesiones terminan también.'],
  restapi_permission: [
    'Puede usar este servicio',
    'Sin marcar: solo entra por otros protocolos, como SFTP.',
  ],
  site_admin: ['Administrador del sitio', 'Puede hacer todo lo que ofrecen estas páginas.'],
  read_only: ['Solo puede mirar', 'No cambia nada, ni siquiera como administrador.'],
  user_root: ['Carpeta en la que empieza', 'Para otros protocolos. Vacío: la primera.'],
  ssl_required: ['Cifrado', 'Para otros protocolos, como FTP.'],
  disabled: ['Desactivado', 'Ya no puede entrar, y sus claves se rechazan.'],
}

const fr: SettingTexts = {
  email: [
    'Adresse électronique',
    'Où va notre courrier. Elle ne laisse entrer personne avant d’être prouvée.',
  ],
  language: ['Langue', 'Des pages et des courriels.'],
  time_zone: [
    'Fuseau horaire',
    'Des dates dans les courriels et les pages, comme Europe/Berlin. Vide : UTC.',
  ],
  authentication_method: [
    'Méthode de connexion',
    'Un changement ferme toutes les sessions de l’utilisateur. Toute autre méthode que le mot de passe efface celui-ci.',
  ],
  sso_strategy_id: [
    'Fournisseur d’identité',
    'Nécessaire à l’authentification unique. Un autre ferme toutes ses sessions.',
  ],
  require_2fa: ['Second facteur', 'L’emporte sur la règle du site.'],
  require_password_change: [
    'Doit choisir un nouveau mot de passe',
    'À la prochaine connexion. À cocher si quelqu’un d’autre connaît le mot de passe.',
  ],
  password_validity_days: [
    'Jours avant de devoir changer le mot de passe',
    'Vide : ce que dit le site. 0 : jamais, ce qui est conseillé aujourd’hui.',
  ],
  self_managed: [
    'Est une seule personne',
    'Non coché : plusieurs personnes ou une machine le partagent. Il n’a alors pas de second facteur et ne change pas de mot de passe.',
  ],
  allowed_ips: [
    'Adresses d’où il peut venir',
    'Une adresse ou un réseau par ligne. Vide : de partout. La liste du site compte aussi.',
  ],
  bypass_site_allowed_ips: [
    'La liste du site ne compte pas',
    'Seule compte celle de l’utilisateur, s’il y en a une.',
  ],
  authenticate_until: ['Admis jusqu’au', 'Vide : toujours. Ses sessions finissent aussi.'],
  restapi_permission: [
    'Peut utiliser ce service',
    'Non coché : seuls d’autres protocoles, comme SFTP, peuvent le connecter.',
  ],
  site_admin: ['Administrateur du site', 'Peut faire tout ce qu’offrent ces pages.'],
  read_only: ['Ne peut que regarder', 'Ne change rien, pas même comme administrateur.'],
  user_root: ['Dossier de départ', 'Pour d’autres protocoles. Vide : le premier.'],
  ssl_required: ['Chiffrement', 'Pour d’autres protocoles, comme FTP.'],
  disabled: ['Désactivé', 'N’est plus admis, et ses clés sont refusées.'],
}

/** Each setting of a user: its name, and what it does. */
export const userSettingTexts: Record<Language, SettingTexts> = { en, de, es, fr }

/** Each language as it calls itself. */
export const languageNames: Record<string, string> = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
}

interface Words {
  authentication_method: Record<'password' | 'sso' | 'none', string>
  rule: Record<'use_system_setting' | 'always_require' | 'never_require', string>
  noProvider: string
  asSite: string
}

/** What may be chosen. */
export const choiceWords: Record<Language, Words> = {
  en: {
    authentication_method: {
      password: 'By password',
      sso: 'By single sign-on',
      none: 'Not at all',
    },
    rule: {
      use_system_setting: 'As the site says',
      always_require: 'Needed',
      never_require: 'Not needed',
    },
    noProvider: 'None',
    asSite: 'As the site says',
  },
  de: {
    authentication_method: {
      password: 'Mit Passwort',
      sso: 'Mit Single Sign-on',
      none: 'Gar nicht',
    },
    rule: {
      use_system_setting: 'Wie die Site es sagt',
      always_require: 'Nötig',
      never_require: 'Nicht nötig',
    },
    noProvider: 'Keiner',
    asSite: 'Wie die Site es sagt',
  },
  es: {
    authentication_method: {
      password: 'Con contraseña',
      sso: 'Con inicio de sesión único',
      none: 'De ninguna',
    },
    rule: {
      use_system_setting: 'Lo que diga el sitio',
      always_require: 'Necesario',
      never_require: 'No necesario',
    },
    noProvider: 'Ninguno',
    asSite: 'El que diga el sitio',
  },
  fr: {
    authentication_method: {
      password: 'Par mot de passe',
      sso: 'Par authentification unique',
      none: 'Pas du tout',
    },
    rule: {
      use_system_setting: 'Ce que dit le site',
      always_require: 'Nécessaire',
      never_require: 'Pas nécessaire',
    },
    noProvider: 'Aucun',
    asSite: 'Celle du site',
  },
}
