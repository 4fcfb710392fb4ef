import type { Language } from '../platform/languages.ts'
import type { Rule } from './rule-fields.ts'
import { ruleTexts } from './rule-texts.ts'
import type { UserSetting } from './user-fields.ts'
import { userSettingTexts } from './user-setting-texts.ts'

const en = {
  name: 'Name',
  username: 'Username',
  subdomain: 'Subdomain',
  domain: 'Domain of its own',
  domain_verified: 'The domain is proved',
  accent_color: 'Colour',
  logo: 'Picture',
  type_of_2fa: 'Second factors',
  last_login_at: 'Last log in',
  password_set_at: 'Password set',
  session_id: 'Session',
  expires_at: 'Expires',
  last_use_at: 'Last used',
  permission_set: 'What the key may',
  platform: 'Platform',
  provider: 'Provider',
  protocol: 'Protocol',
  label: 'Name on the button',
  enabled: 'On',
  issuer: 'Issuer',
  client_id: 'Client id',
  client_secret: 'Client secret',
  email_domains: 'Domains of mail addresses',
  provision_users: 'Makes users',
  provision_group_required: 'Groups of which one is needed',
  provision_group_inclusion: 'Groups that are taken over',
  provision_group_exclusion: 'Groups that are left out',
  provision_group_default: 'Group of all',
  provision_site_admin_groups: 'Groups of administrators',
  provision_require_2fa: 'Second factor of its users',
  redirect_uri: 'Redirect address',
  redirect_host: 'Host that receives logins',
  backchannel_logout_uri: 'Address for log outs',
}

type FieldTexts = Record<keyof typeof en, string>

const de: FieldTexts = {
  name: 'Name',
  username: 'Benutzername',
  subdomain: 'Subdomain',
  domain: 'Eigene Domain',
  domain_verified: 'Die Domain ist nachgewiesen',
  accent_color: 'Farbe',
  logo: 'Bild',
  type_of_2fa: 'Zweite Faktoren',
  last_login_at: 'Letzte Anmeldung',
  password_set_at: 'Passwort gesetzt',
  session_id: 'Sitzung',
  expires_at: 'Läuft ab',
  last_use_at: 'Zuletzt benutzt',
  permission_set: 'Was der Schlüssel darf',
  platform: 'Plattform',
  provider: 'Anbieter',
  protocol: 'Protokoll',
  label: 'Name auf der Schaltfläche',
  enabled: 'An',
  issuer: 'Aussteller',
  client_id: 'Client-ID',
  client_secret: 'Client-Geheimnis',
  email_domains: 'Domains von Mailadressen',
  provision_users: 'Legt Benutzer an',
  provision_group_required: 'Gruppen, von denen eine nötig ist',
  provision_group_inclusion: 'Gruppen, die übernommen werden',
  provision_group_exclusion: 'Gruppen, die wegbleiben',
  provision_group_default: 'Gruppe aller',
  provision_site_admin_groups: 'Gruppen der Administratoren',
  provision_require_2fa: 'Zweiter Faktor seiner Benutzer',
  redirect_uri: 'Weiterleitungsadresse',
  redirect_host: 'Host, der Anmeldungen empfängt',
  backchannel_logout_uri: 'Adresse für Abmeldungen',
}

const es: FieldTexts = {
  name: 'Nombre',
  username: 'Nombre de usuario',
  subdomain: 'Subdominio',
  domain: 'Dominio propio',
  domain_verified: 'El dominio está comprobado',
  accent_color: 'Color',
  logo: 'Imagen',
  type_of_2fa: 'Segundos factores',
  last_login_at: 'Último inicio de sesión',
  password_set_at: 'Contraseña puesta',
  session_id: 'Sesión',
  expires_at: 'Caduca',
  last_use_at: 'Último uso',
  permission_set: 'Lo que puede la clave',
  platform: 'Plataforma',
  provider: 'Proveedor',
  protocol: 'Protocolo',
  label: 'Nombre en el botón',
  enabled: 'Activado',
  issuer: 'Emisor',
  client_id: 'Id de cliente',
  client_secret: 'Secreto de cliente',
  email_domains: 'Dominios de direcciones de correo',
  provision_users: 'Crea usuarios',
  provision_group_required: 'Grupos de los que se necesita uno',
  provision_group_inclusion: 'Grupos que se adoptan',
  provision_group_exclusion: 'Grupos que se dejan fuera',
  provision_group_default: 'Grupo de todos',
  provision_site_admin_groups: 'Grupos de administradores',
  provision_require_2fa: 'Segundo factor de sus usuarios',
  redirect_uri: 'Dirección de redirección',
  redirect_host: 'Host que recibe los inicios de sesión',
  backchannel_logout_uri: 'Dirección para los cierres de sesión',
}

const fr: FieldTexts = {
  name: 'Nom',
  username: 'Nom d’utilisateur',
  subdomain: 'Sous-domaine',
  domain: 'Domaine propre',
  domain_verified: 'Le domaine est prouvé',
  accent_color: 'Couleur',
  logo: 'Image',
  type_of_2fa: 'Seconds facteurs',
  last_login_at: 'Dernière connexion',
  password_set_at: 'Mot de passe mis',
  session_id: 'Session',
  expires_at: 'Expire',
  last_use_at: 'Dernier usage',
  permission_set: 'Ce que peut la clé',
  platform: 'Plateforme',
  provider: 'Fournisseur',
  protocol: 'Protocole',
  label: 'Nom sur le bouton',
  enabled: 'Actif',
  issuer: 'Émetteur',
  client_id: 'Identifiant de client',
  client_secret: 'Secret de client',
  email_domains: 'Domaines d’adresses',
  provision_users: 'Crée des utilisateurs',
  provision_group_required: 'Groupes dont un est nécessaire',
  provision_group_inclusion: 'Groupes repris',
  provision_group_exclusion: 'Groupes laissés de côté',
  provision_group_default: 'Groupe de tous',
  provision_site_admin_groups: 'Groupes d’administrateurs',
  provision_require_2fa: 'Second facteur de ses utilisateurs',
  redirect_uri: 'Adresse de redirection',
  redirect_host: 'Hôte qui reçoit les connexions',
  backchannel_logout_uri: 'Adresse pour les déconnexions',
}

/** Told otherwise, or of no use to people. */
export const untoldFields = [
  ...['id', 'user_id', 'created_at', 'user_count'],
  ...['redirect_status', 'tested_redirect_host'],
]

const texts: Record<Language, FieldTexts> = { en, de, es, fr }

/** What the API calls so, in plain words; null for what has none. A site and its users share some names. */
export function fieldText(language: Language, field: string, isOfSite: boolean): string | null {
  const [rule] = ruleTexts[language].rules[field as Rule] ?? []
  const [setting] = userSettingTexts[language][field as UserSetting] ?? []
  const [first, second] = isOfSite ? [rule, setting] : [setting, rule]
  return first ?? second ?? texts[language][field as keyof FieldTexts] ?? null
}
