import type { Language } from '../platform/languages.ts'

const en = {
  ssoTitle: 'Single sign-on',
  account: 'Your account',
  none: 'Nobody can log in by an identity provider yet.',
  on: 'On',
  off: 'Off',
  users: 'Users',
  redirect: 'Redirect address to register there',
  backChannel: 'Address for log outs there (back-channel)',
  test: 'Test',
  turnOn: 'Turn on',
  turnOff: 'Turn off',
  remove: 'Delete',
  removeWarning: 'Sessions that began by it end at once.',
  add: 'Add a provider',
  provider: 'Provider',
  label: 'Name on the button',
  labelHint: 'Empty: the provider’s own name.',
  subdomain: 'What names you there',
  subdomainHint:
    'Okta, Auth0, OneLogin: acme of acme.okta.com. Entra ID: the directory’s (tenant) id.',
  issuer: 'Issuer',
  issuerHint: 'For OpenID Connect only, letter by letter as the provider has it.',
  clientId: 'Client id',
  clientSecret: 'Client secret',
  emailDomains: 'Domains of mail addresses',
  emailDomainsHint:
    'Whose verified addresses link a user at its first log in, such as example.com. Empty: nobody is linked by an address.',
  provision: 'Make a user of whoever logs in and is nobody here yet',
  save: 'Add it',
  saved: 'It is added. Now test it.',
}

type PageTexts = typeof en

const de: PageTexts = {
  ssoTitle: 'Single Sign-on',
  account: 'Ihr Konto',
  none: 'Noch kann sich niemand über einen Identitätsanbieter anmelden.',
  on: 'An',
  off: 'Aus',
  users: 'Benutzer',
  redirect: 'Weiterleitungsadresse, die dort einzutragen ist',
  backChannel: 'Adresse für dortige Abmeldungen (Back-Channel)',
  test: 'Prüfen',
  turnOn: 'Einschalten',
  turnOff: 'Ausschalten',
  remove: 'Löschen',
  removeWarning: 'Sitzungen, die damit begonnen haben, enden sofort.',
  add: 'Einen Anbieter hinzufügen',
  provider: 'Anbieter',
  label: 'Name auf der Schaltfläche',
  labelHint: 'Leer: der Name des Anbieters.',
  subdomain: 'Was Sie dort bezeichnet',
  subdomainHint:
    'Okta, Auth0, OneLogin: acme aus acme.okta.com. Entra ID: die Verzeichnis-ID (Tenant).',
  issuer: 'Aussteller (issuer)',
  issuerHint: 'Nur für OpenID Connect, Buchstabe für Buchstabe wie beim Anbieter.',
  clientId: 'Client-ID',
  clientSecret: 'Client-Geheimnis',
  emailDomains: 'Domains von Mailadressen',
  emailDomainsHint:
    'Wessen bestätigte Adressen bei der ersten Anmeldung einen Benutzer verknüpfen, etwa example.com. Leer: niemand wird über eine Adresse verknüpft.',
  provision: 'Wer sich anmeldet und hier noch niemand ist, wird ein Benutzer',
  save: 'Hinzufügen',
  saved: 'Er ist hinzugefügt. Prüfen Sie ihn nun.',
}

const es: PageTexts = {
  ssoTitle: 'Inicio de sesión único',
  account: 'Su cuenta',
  none: 'Todavía nadie puede entrar con un proveedor de identidad.',
  on: 'Activado',
  off: 'Desactivado',
  users: 'Usuarios',
  redirect: 'Dirección de redirección que se registra allí',
  backChannel: 'Dirección para los cierres de sesión de allí (back-channel)',
  test: 'Probar',
  turnOn: 'Activar',
  turnOff: 'Desactivar',
  remove: 'Eliminar',
  removeWarning: 'Las sesiones que empezaron con él terminan de inmediato.',
  add: 'Añadir un proveedor',
  provider: 'Proveedor',
  label: 'Nombre en el botón',
  labelHint: 'Vacío: el nombre del proveedor.',
  subdomain: 'Lo que le identifica allí',
  subdomainHint:
    'Okta, Auth0, OneLogin: acme de acme.okta.com. Entra ID: el id del directorio (tenant).',
  issuer: 'Emisor (issuer)',
  issuerHint: 'Solo para OpenID Connect, letra por letra como lo tiene el proveedor.',
  clientId: 'Id de cliente',
  clientSecret: 'Secreto de cliente',
  emailDomains: 'Dominios de direcciones de correo',
  emailDomainsHint:
    'Sus direcciones verificadas vinculan a un usuario la primera vez, como example.com. Vacío: nadie se vincula por una dirección.',
  provision: 'Quien entra y todavía no es nadie aquí se convierte en usuario',
  save: 'Añadirlo',
  saved: 'Se ha añadido. Ahora pruébelo.',
}

const fr: PageTexts = {
  ssoTitle: 'Authentification unique',
  account: 'Votre compte',
  none: 'Personne ne peut encore se connecter par un fournisseur d’identité.',
  on: 'Actif',
  off: 'Inactif',
  users: 'Utilisateurs',
  redirect: 'Adresse de redirection à enregistrer chez lui',
  backChannel: 'Adresse pour les déconnexions chez lui (back-channel)',
  test: 'Tester',
  turnOn: 'Activer',
  turnOff: 'Désactiver',
  remove: 'Supprimer',
  removeWarning: 'Les sessions commencées par lui prennent fin aussitôt.',
  add: 'Ajouter un fournisseur',
  provider: 'Fournisseur',
  label: 'Nom sur le bouton',
  labelHint: 'Vide : le nom du fournisseur.',
  subdomain: 'Ce qui vous désigne chez lui',
  subdomainHint:
    'Okta, Auth0, OneLogin : acme de acme.okta.com. Entra ID : l’identifiant de l’annuaire (tenant).',
  issuer: 'Émetteur (issuer)',
  issuerHint: 'Pour OpenID Connect seulement, lettre à lettre comme chez le fournisseur.',
  clientId: 'Identifiant de client',
  clientSecret: 'Secret de client',
  emailDomains: 'Domaines d’adresses',
  emailDomainsHint:
    'Dont les adresses vérifiées lient un utilisateur à la première connexion, comme example.com. Vide : personne n’est lié par une adresse.',
  provision: 'Qui se connecte et n’est encore personne ici devient un utilisateur',
  save: 'L’ajouter',
  saved: 'Il est ajouté. Testez-le maintenant.',
}

const texts: Record<Language, PageTexts> = { en, de, es, fr }

export function adminTextsIn(language: Language): PageTexts {
  return texts[language]
}
