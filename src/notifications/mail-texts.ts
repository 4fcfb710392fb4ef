import { isolated } from '../http/bidi.ts'
import type { Language } from '../http/languages.ts'

const en = {
  about: 'This email is about your account at {host}.',
  resetSubject: 'Choose a new password',
  resetIntro: 'Somebody, probably you, asked for a new password. Open the link to choose one.',
  resetLink: 'New password for {username} at {siteName}',
  resetEnd:
    'The link is good for one hour and works once. If you did not ask for it, do nothing: your password stays as it is.',
  changedSubject: 'Your password was changed',
  changed: 'The password of {username} at {siteName} was changed on {at}. Every session has ended.',
  changedEnd:
    'If that was you, there is nothing to do. If it was not, choose a new password at once and tell your administrator.',
  changedLink: 'Choose a new password',
  lockedSubject: 'Too many failed log ins',
  locked:
    'There were too many failed attempts to log in as {username} at {siteName}. Until {until}, log ins are refused.',
  lockedFrom: 'The last attempt came from the address {address}.',
  lockedEnd:
    'If that was you, wait, or choose a new password: that lets you in at once. If it was not, your password held, and there is nothing to do. Devices you used lately are not affected by strangers.',
  newDeviceSubject: 'A new log in',
  newDevice:
    '{username} logged in at {siteName} on {at}, with {device}, from a place where there was no log in lately.',
  newDeviceFrom: 'It came from the address {address}.',
  wrongCodesSubject: 'Wrong codes after your password',
  wrongCodes:
    'Somebody gave the right password of {username} at {siteName}, but wrong codes of a second factor, the last on {at}. There was no log in.',
  welcomeSubject: 'Your new account',
  welcome: 'An account was created for you at {siteName}. Your username is {username}.',
  welcomeLink: 'Choose your password',
  welcomeSite: 'Go to the site',
  welcomeEnd: 'The first time you log in you may be asked to choose a password of your own.',
  welcomeInvitedEnd:
    'The link is good for 24 hours and works once. After that, ask for a new one by “forgot password”.',
  keysStay: 'These API keys stay good: {names}. Revoke on the account page what you do not know.',
  addressChangedSubject: 'The address of your account was changed',
  addressChanged:
    'The address for {username} at {siteName} was changed to {named} on {at}. Mail about the account goes there from now on.',
  apiKeyMadeSubject: 'A new API key',
  apiKeyMade: 'The API key “{named}” was made for {username} at {siteName} on {at}.',
  appPairedSubject: 'A desktop app was paired',
  appPaired:
    'The app on “{named}” was paired with {username} at {siteName} on {at}. It can use your files until you revoke it.',
  credentialEnd:
    'If that was you, there is nothing to do. If it was not, end it on your account page, choose a new password at once, and tell your administrator.',
  accountLink: 'Go to your account',
  secondFactorAddedSubject: 'A second factor was added',
  secondFactorAdded: 'The second factor “{named}” was added for {username} at {siteName} on {at}.',
  secondFactorRemovedSubject: 'A second factor was removed',
  secondFactorRemoved:
    'The second factor “{named}” of {username} at {siteName} was removed on {at}.',
  secondFactorsResetSubject: 'Your second factors were reset',
  secondFactorsReset:
    'An administrator removed every second factor of {username} at {siteName} on {at}. You can log in with your password, and set one up again.',
  recoveryCodesRenewedSubject: 'New recovery codes',
  recoveryCodesRenewed:
    'New recovery codes were made for {username} at {siteName} on {at}. Those before are void.',
  identityLinkedSubject: 'Your account was linked',
  identityLinked:
    '{username} at {siteName} was linked with “{named}” on {at}: whoever logs in there as the same person gets in.',
  identityRemovedSubject: 'A link of your account was removed',
  identityRemoved:
    'The link of {username} at {siteName} with “{named}” was removed on {at}. Nobody gets in by it any more.',
}

export type MailTexts = typeof en

const es: MailTexts = {
  about: 'Este correo se refiere a su cuenta en {host}.',
  resetSubject: 'Elija una contraseña nueva',
  resetIntro:
    'Alguien, probablemente usted, pidió una contraseña nueva. Abra el enlace para elegirla.',
  resetLink: 'Contraseña nueva para {username} en {siteName}',
  resetEnd:
    'El enlace vale una hora y una sola vez. Si no lo pidió usted, no haga nada: su contraseña sigue igual.',
  changedSubject: 'Su contraseña ha cambiado',
  changed:
    'La contraseña de {username} en {siteName} se cambió el {at}. Todas las sesiones han terminado.',
  changedEnd:
    'Si fue usted, no hay nada que hacer. Si no, elija enseguida una contraseña nueva y avise a su administrador.',
  changedLink: 'Elegir una contraseña nueva',
  lockedSubject: 'Demasiados intentos fallidos',
  locked:
    'Hubo demasiados intentos fallidos de iniciar sesión como {username} en {siteName}. Hasta el {until} se rechaza el inicio de sesión.',
  lockedFrom: 'El último intento vino de la dirección {address}.',
  lockedEnd:
    'Si fue usted, espere o elija una contraseña nueva: así entra enseguida. Si no, su contraseña resistió y no hay nada que hacer. Los extraños no afectan a los dispositivos que ha usado últimamente.',
  newDeviceSubject: 'Un inicio de sesión nuevo',
  newDevice: '{username} inició sesión en {siteName} el {at}, con {device}, desde un lugar nuevo.',
  newDeviceFrom: 'Vino de la dirección {address}.',
  wrongCodesSubject: 'Códigos incorrectos tras su contraseña',
  wrongCodes:
    'Alguien dio la contraseña correcta de {username} en {siteName}, pero códigos incorrectos de un segundo factor, el último el {at}. No hubo inicio de sesión.',
  welcomeSubject: 'Su nueva cuenta',
  welcome: 'Se ha creado una cuenta para usted en {siteName}. Su nombre de usuario es {username}.',
  welcomeLink: 'Elegir su contraseña',
  welcomeSite: 'Ir al sitio',
  welcomeEnd: 'La primera vez que inicie sesión puede que se le pida elegir una contraseña propia.',
  welcomeInvitedEnd:
    'El enlace vale 24 horas y una sola vez. Después, pida otro con «contraseña olvidada».',
  keysStay:
    'Estas claves de API siguen valiendo: {names}. Revoque en la página de su cuenta las que no conozca.',
  addressChangedSubject: 'Se cambió la dirección de su cuenta',
  addressChanged:
    'La dirección de {username} en {siteName} se cambió a {named} el {at}. Los correos sobre la cuenta van allí desde ahora.',
  apiKeyMadeSubject: 'Una clave de API nueva',
  apiKeyMade: 'La clave de API «{named}» se creó para {username} en {siteName} el {at}.',
  appPairedSubject: 'Se vinculó una aplicación de escritorio',
  appPaired:
    'La aplicación en «{named}» se vinculó con {username} en {siteName} el {at}. Puede usar sus archivos hasta que la revoque.',
  credentialEnd:
    'Si fue usted, no hay nada que hacer. Si no, termínelo en la página de su cuenta, elija enseguida una contraseña nueva y avise a su administrador.',
  accountLink: 'Ir a su cuenta',
  secondFactorAddedSubject: 'Se añadió un segundo factor',
  secondFactorAdded: 'El segundo factor «{named}» se añadió para {username} en {siteName} el {at}.',
  secondFactorRemovedSubject: 'Se quitó un segundo factor',
  secondFactorRemoved: 'El segundo factor «{named}» de {username} en {siteName} se quitó el {at}.',
  secondFactorsResetSubject: 'Sus segundos factores se restablecieron',
  secondFactorsReset:
    'Un administrador quitó todos los segundos factores de {username} en {siteName} el {at}. Puede entrar con su contraseña y configurar otro.',
  recoveryCodesRenewedSubject: 'Códigos de recuperación nuevos',
  recoveryCodesRenewed:
    'Se crearon códigos de recuperación nuevos para {username} en {siteName} el {at}. Los anteriores ya no valen.',
  identityLinkedSubject: 'Su cuenta se ha vinculado',
  identityLinked:
    '{username} en {siteName} se vinculó con «{named}» el {at}: quien inicie sesión allí como la misma persona entra.',
  identityRemovedSubject: 'Se quitó un vínculo de su cuenta',
  identityRemoved:
    'El vínculo de {username} en {siteName} con «{named}» se quitó el {at}. Ya nadie entra por él.',
}

const de: MailTexts = {
  about: 'Diese E-Mail betrifft Ihr Konto bei {host}.',
  resetSubject: 'Neues Passwort wählen',
  resetIntro:
    'Jemand, vermutlich Sie, hat um ein neues Passwort gebeten. Öffnen Sie den Link, um es zu wählen.',
  resetLink: 'Neues Passwort für {username} bei {siteName}',
  resetEnd:
    'Der Link gilt eine Stunde und einmal. Wenn Sie nicht darum gebeten haben, tun Sie nichts: Ihr Passwort bleibt, wie es ist.',
  changedSubject: 'Ihr Passwort wurde geändert',
  changed:
    'Das Passwort von {username} bei {siteName} wurde am {at} geändert. Alle Sitzungen sind beendet.',
  changedEnd:
    'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, wählen Sie sofort ein neues Passwort und sagen Sie es Ihrem Administrator.',
  changedLink: 'Neues Passwort wählen',
  lockedSubject: 'Zu viele fehlgeschlagene Anmeldungen',
  locked:
    'Es gab zu viele fehlgeschlagene Versuche, sich als {username} bei {siteName} anzumelden. Bis {until} werden Anmeldungen abgelehnt.',
  lockedFrom: 'Der letzte Versuch kam von der Adresse {address}.',
  lockedEnd:
    'Wenn Sie das waren, warten Sie, oder wählen Sie ein neues Passwort: Damit kommen Sie sofort hinein. Wenn nicht, hat Ihr Passwort gehalten, und es ist nichts zu tun. Geräte, die Sie zuletzt benutzt haben, sind von Fremden nicht betroffen.',
  newDeviceSubject: 'Eine neue Anmeldung',
  newDevice:
    '{username} hat sich am {at} bei {siteName} angemeldet, mit {device}, von einem Ort, von dem es zuletzt keine Anmeldung gab.',
  newDeviceFrom: 'Sie kam von der Adresse {address}.',
  wrongCodesSubject: 'Falsche Codes nach Ihrem Passwort',
  wrongCodes:
    'Jemand gab das richtige Passwort von {username} bei {siteName} ein, aber falsche Codes eines zweiten Faktors, den letzten am {at}. Es gab keine Anmeldung.',
  welcomeSubject: 'Ihr neues Konto',
  welcome: 'Bei {siteName} wurde ein Konto für Sie angelegt. Ihr Benutzername ist {username}.',
  welcomeLink: 'Passwort wählen',
  welcomeSite: 'Zur Site',
  welcomeEnd:
    'Bei der ersten Anmeldung werden Sie vielleicht gebeten, ein eigenes Passwort zu wählen.',
  welcomeInvitedEnd:
    'Der Link gilt 24 Stunden und einmal. Danach fordern Sie über „Passwort vergessen“ einen neuen an.',
  keysStay:
    'Diese API-Schlüssel gelten weiter: {names}. Widerrufen Sie auf der Kontoseite, was Sie nicht kennen.',
  addressChangedSubject: 'Die Adresse Ihres Kontos wurde geändert',
  addressChanged:
    'Die Adresse von {username} bei {siteName} wurde am {at} in {named} geändert. Mails zum Konto gehen von nun an dorthin.',
  apiKeyMadeSubject: 'Ein neuer API-Schlüssel',
  apiKeyMade: 'Der API-Schlüssel „{named}“ wurde am {at} für {username} bei {siteName} angelegt.',
  appPairedSubject: 'Eine Desktop-App wurde gekoppelt',
  appPaired:
    'Die App auf „{named}“ wurde am {at} mit {username} bei {siteName} gekoppelt. Sie kann Ihre Dateien benutzen, bis Sie sie widerrufen.',
  credentialEnd:
    'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, beenden Sie es auf Ihrer Kontoseite, wählen Sie sofort ein neues Passwort und sagen Sie es Ihrem Administrator.',
  accountLink: 'Zu Ihrem Konto',
  secondFactorAddedSubject: 'Ein zweiter Faktor wurde hinzugefügt',
  secondFactorAdded:
    'Der zweite Faktor „{named}“ wurde am {at} für {username} bei {siteName} hinzugefügt.',
  secondFactorRemovedSubject: 'Ein zweiter Faktor wurde entfernt',
  secondFactorRemoved:
    'Der zweite Faktor „{named}“ von {username} bei {siteName} wurde am {at} entfernt.',
  secondFactorsResetSubject: 'Ihre zweiten Faktoren wurden zurückgesetzt',
  secondFactorsReset:
    'Ein Administrator hat am {at} alle zweiten Faktoren von {username} bei {siteName} entfernt. Sie können sich mit dem Passwort anmelden und wieder einen einrichten.',
  recoveryCodesRenewedSubject: 'Neue Wiederherstellungscodes',
  recoveryCodesRenewed:
    'Für {username} bei {siteName} wurden am {at} neue Wiederherstellungscodes angelegt. Die bisherigen gelten nicht mehr.',
  identityLinkedSubject: 'Ihr Konto wurde verknüpft',
  identityLinked:
    '{username} bei {siteName} wurde am {at} mit „{named}“ verknüpft: Wer sich dort als dieselbe Person anmeldet, kommt hinein.',
  identityRemovedSubject: 'Eine Verknüpfung Ihres Kontos wurde entfernt',
  identityRemoved:
    'Die Verknüpfung von {username} bei {siteName} mit „{named}“ wurde am {at} entfernt. Niemand kommt mehr über sie hinein.',
}

const fr: MailTexts = {
  about: 'Cet e-mail concerne votre compte sur {host}.',
  resetSubject: 'Choisissez un nouveau mot de passe',
  resetIntro:
    'Quelqu’un, sans doute vous, a demandé un nouveau mot de passe. Ouvrez le lien pour le choisir.',
  resetLink: 'Nouveau mot de passe pour {username} sur {siteName}',
  resetEnd:
    'Le lien est valable une heure et une seule fois. Si vous n’avez rien demandé, ne faites rien : votre mot de passe reste le même.',
  changedSubject: 'Votre mot de passe a été changé',
  changed:
    'Le mot de passe de {username} sur {siteName} a été changé le {at}. Toutes les sessions sont terminées.',
  changedEnd:
    'Si c’était vous, il n’y a rien à faire. Sinon, choisissez tout de suite un nouveau mot de passe et prévenez votre administrateur.',
  changedLink: 'Choisir un nouveau mot de passe',
  lockedSubject: 'Trop de tentatives de connexion',
  locked:
    'Il y a eu trop de tentatives infructueuses de connexion en tant que {username} sur {siteName}. Jusqu’au {until}, les connexions sont refusées.',
  lockedFrom: 'La dernière tentative venait de l’adresse {address}.',
  lockedEnd:
    'Si c’était vous, attendez ou choisissez un nouveau mot de passe : vous entrerez aussitôt. Sinon, votre mot de passe a tenu et il n’y a rien à faire. Les appareils que vous avez utilisés récemment ne sont pas touchés par des inconnus.',
  newDeviceSubject: 'Une nouvelle connexion',
  newDevice:
    '{username} s’est connecté à {siteName} le {at}, avec {device}, depuis un endroit nouveau.',
  newDeviceFrom: 'Elle venait de l’adresse {address}.',
  wrongCodesSubject: 'Codes erronés après votre mot de passe',
  wrongCodes:
    'Quelqu’un a donné le bon mot de passe de {username} sur {siteName}, mais des codes erronés d’un second facteur, le dernier le {at}. Il n’y a pas eu de connexion.',
  welcomeSubject: 'Votre nouveau compte',
  welcome: 'Un compte a été créé pour vous sur {siteName}. Votre nom d’utilisateur est {username}.',
  welcomeLink: 'Choisir votre mot de passe',
  welcomeSite: 'Aller au site',
  welcomeEnd:
    'À la première connexion, il vous sera peut-être demandé de choisir un mot de passe personnel.',
  welcomeInvitedEnd:
    'Le lien est valable 24 heures et une seule fois. Ensuite, demandez-en un autre par « mot de passe oublié ».',
  keysStay:
    'Ces clés d’API restent valables : {names}. Révoquez sur la page de votre compte celles que vous ne connaissez pas.',
  addressChangedSubject: 'L’adresse de votre compte a été modifiée',
  addressChanged:
    'L’adresse de {username} sur {siteName} est devenue {named} le {at}. Les messages concernant le compte y parviennent désormais.',
  apiKeyMadeSubject: 'Une nouvelle clé d’API',
  apiKeyMade: 'La clé d’API « {named} » a été créée pour {username} sur {siteName} le {at}.',
  appPairedSubject: 'Une application de bureau a été associée',
  appPaired:
    'L’application sur « {named} » a été associée à {username} sur {siteName} le {at}. Elle peut utiliser vos fichiers jusqu’à ce que vous la révoquiez.',
  credentialEnd:
    'Si c’était vous, il n’y a rien à faire. Sinon, mettez-y fin sur la page de votre compte, choisissez tout de suite un nouveau mot de passe et prévenez votre administrateur.',
  accountLink: 'Aller à votre compte',
  secondFactorAddedSubject: 'Un second facteur a été ajouté',
  secondFactorAdded:
    'Le second facteur « {named} » a été ajouté pour {username} sur {siteName} le {at}.',
  secondFactorRemovedSubject: 'Un second facteur a été retiré',
  secondFactorRemoved:
    'Le second facteur « {named} » de {username} sur {siteName} a été retiré le {at}.',
  secondFactorsResetSubject: 'Vos seconds facteurs ont été réinitialisés',
  secondFactorsReset:
    'Un administrateur a retiré tous les seconds facteurs de {username} sur {siteName} le {at}. Vous pouvez vous connecter avec votre mot de passe et en configurer un autre.',
  recoveryCodesRenewedSubject: 'Nouveaux codes de récupération',
  recoveryCodesRenewed:
    'De nouveaux codes de récupération ont été créés pour {username} sur {siteName} le {at}. Les précédents ne valent plus.',
  identityLinkedSubject: 'Votre compte a été lié',
  identityLinked:
    '{username} sur {siteName} a été lié à « {named} » le {at} : qui s’y connecte comme la même personne peut entrer.',
  identityRemovedSubject: 'Un lien de votre compte a été retiré',
  identityRemoved:
    'Le lien de {username} sur {siteName} avec « {named} » a été retiré le {at}. Plus personne n’entre par là.',
}

const texts = { en, es, de, fr } satisfies Record<Language, MailTexts>

/** The subject of a message: it has no place for values, so no tenant writes into it. */
export type MailSubject = Extract<keyof MailTexts, `${string}Subject`>

/** A text of a message, with its `{name}` places filled. */
export function mailText(
  language: Language,
  name: keyof MailTexts,
  values: Record<string, string> = {},
): string {
  return texts[language][name].replaceAll(/\{(\w+)\}/g, (_, key: string) =>
    isolated(values[key] ?? ''),
  )
}
