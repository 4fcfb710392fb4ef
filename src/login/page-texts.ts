import type { Language } from '../http/languages.ts'

const en = {
  logInTitle: 'Log in',
  username: 'Username',
  password: 'Password',
  newPassword: 'New password',
  again: 'The new one again',
  logIn: 'Log in',
  forgot: 'Forgot your password?',
  site: 'Site',
  tokenTitle: 'Log in by token',
  token: 'Login token',
  tokenHint: 'It begins with @tok- and is good for two minutes.',
  goOn: 'Go on',
  withPassword: 'Log in with a password',
  tokenRefused:
    'This token is not good, has expired, or was used before. Start again where you came from.',
  tokenAsks: 'Log in here?',
  tokenWarning:
    'Go on only if this is you, and if you came here by yourself: a link of somebody else would log you in as somebody else.',
  notMe: 'That is not me',
  secondTitle: 'One more step',
  code: 'Code',
  totpHint: 'The code that your authenticator app shows.',
  smsHint: 'The code that we text to your phone.',
  yubiHint: 'Or touch your Yubikey.',
  otherWay: 'Use another way',
  sendText: 'Text me a code',
  texted: 'A code is on its way.',
  recoveryHint: 'Type one of your recovery codes into the same field. Each works once.',
  lostHint: 'If you lost your second factor, ask your administrator.',
  loggingIn: 'You are logging in as',
  startAgain: 'Log in as somebody else',
  useKey: 'Use your security key',
  keyFailed:
    'The key gave no answer. It needs a script and a browser of today; try again, or use another way.',
  keyElsewhere: 'To use your security key, log in at',
  keyLent: 'If your browser does not accept your key here, log in at',
  otherKeys: 'To use a security key that you registered at another address, log in at',
  keysLost:
    'Your security keys no longer work: the address that you registered them at no longer belongs to this site.',
  otherWays: 'Other ways to log in',
  withPasskey: 'Log in with a passkey',
  passkeyFailed: 'No passkey answered. Try again, or log in with your password.',
}

type PageTexts = typeof en

const de: PageTexts = {
  logInTitle: 'Anmelden',
  username: 'Benutzername',
  password: 'Passwort',
  newPassword: 'Neues Passwort',
  again: 'Das neue noch einmal',
  logIn: 'Anmelden',
  forgot: 'Passwort vergessen?',
  site: 'Site',
  tokenTitle: 'Mit einem Token anmelden',
  token: 'Anmelde-Token',
  tokenHint: 'Es beginnt mit @tok- und gilt zwei Minuten.',
  goOn: 'Weiter',
  withPassword: 'Mit Passwort anmelden',
  tokenRefused:
    'Dieses Token gilt nicht, ist abgelaufen oder wurde schon benutzt. Beginnen Sie von vorn, wo Sie herkamen.',
  tokenAsks: 'Hier anmelden?',
  tokenWarning:
    'Weiter nur, wenn Sie das sind und von selbst hierherkamen: Ein fremder Link würde Sie als jemand anderen anmelden.',
  notMe: 'Das bin ich nicht',
  secondTitle: 'Noch ein Schritt',
  code: 'Code',
  totpHint: 'Der Code, den Ihre Authenticator-App zeigt.',
  smsHint: 'Der Code, den wir an Ihr Telefon senden.',
  yubiHint: 'Oder berühren Sie Ihren Yubikey.',
  otherWay: 'Anders anmelden',
  sendText: 'Code per SMS senden',
  texted: 'Ein Code ist unterwegs.',
  recoveryHint:
    'Geben Sie in dasselbe Feld einen Ihrer Wiederherstellungscodes ein. Jeder gilt einmal.',
  lostHint: 'Wenn Sie Ihren zweiten Faktor verloren haben, wenden Sie sich an Ihren Administrator.',
  loggingIn: 'Sie melden sich an als',
  startAgain: 'Als jemand anderer anmelden',
  useKey: 'Sicherheitsschlüssel benutzen',
  keyFailed:
    'Der Schlüssel hat nicht geantwortet. Er braucht ein Skript und einen Browser von heute; versuchen Sie es noch einmal, oder nehmen Sie einen anderen Weg.',
  keyElsewhere: 'Um Ihren Sicherheitsschlüssel zu verwenden, melden Sie sich hier an:',
  keyLent: 'Wenn Ihr Browser den Schlüssel hier nicht annimmt, melden Sie sich hier an:',
  otherKeys:
    'Um einen Sicherheitsschlüssel zu verwenden, den Sie unter einer anderen Adresse registriert haben, melden Sie sich hier an:',
  keysLost:
    'Ihre Sicherheitsschlüssel funktionieren nicht mehr: Die Adresse, unter der Sie sie registriert haben, gehört nicht mehr zu dieser Site.',
  otherWays: 'Andere Wege, sich anzumelden',
  withPasskey: 'Mit Passkey anmelden',
  passkeyFailed:
    'Kein Passkey hat geantwortet. Versuchen Sie es noch einmal, oder melden Sie sich mit dem Passwort an.',
}

const es: PageTexts = {
  logInTitle: 'Entrar',
  username: 'Nombre de usuario',
  password: 'Contraseña',
  newPassword: 'Contraseña nueva',
  again: 'La nueva otra vez',
  logIn: 'Entrar',
  forgot: '¿Ha olvidado su contraseña?',
  site: 'Sitio',
  tokenTitle: 'Entrar con un token',
  token: 'Token de acceso',
  tokenHint: 'Empieza por @tok- y vale dos minutos.',
  goOn: 'Seguir',
  withPassword: 'Entrar con contraseña',
  tokenRefused: 'Este token no vale, ha caducado o ya se usó. Empiece de nuevo donde estaba.',
  tokenAsks: '¿Entrar aquí?',
  tokenWarning:
    'Siga solo si es usted y ha venido por su cuenta: un enlace ajeno le haría entrar como otra persona.',
  notMe: 'No soy yo',
  secondTitle: 'Un paso más',
  code: 'Código',
  totpHint: 'El código que muestra su aplicación de autenticación.',
  smsHint: 'El código que enviamos a su teléfono.',
  yubiHint: 'O toque su Yubikey.',
  otherWay: 'Usar otro método',
  sendText: 'Enviarme un código por SMS',
  texted: 'Hay un código en camino.',
  recoveryHint:
    'Escriba en el mismo campo uno de sus códigos de recuperación. Cada uno vale una vez.',
  lostHint: 'Si ha perdido su segundo factor, pregunte a su administrador.',
  loggingIn: 'Está iniciando sesión como',
  startAgain: 'Entrar como otra persona',
  useKey: 'Usar su llave de seguridad',
  keyFailed:
    'La llave no respondió. Necesita un script y un navegador actual; inténtelo de nuevo o use otro medio.',
  keyElsewhere: 'Para usar su llave de seguridad, inicie sesión en',
  keyLent: 'Si su navegador no acepta la llave aquí, inicie sesión en',
  otherKeys: 'Para usar una llave de seguridad que registró en otra dirección, inicie sesión en',
  keysLost:
    'Sus llaves de seguridad ya no funcionan: la dirección en la que las registró ya no pertenece a este sitio.',
  otherWays: 'Otras formas de iniciar sesión',
  withPasskey: 'Entrar con una llave de acceso',
  passkeyFailed: 'Ninguna llave respondió. Inténtelo de nuevo o entre con su contraseña.',
}

const fr: PageTexts = {
  logInTitle: 'Se connecter',
  username: 'Identifiant',
  password: 'Mot de passe',
  newPassword: 'Nouveau mot de passe',
  again: 'Le nouveau encore une fois',
  logIn: 'Se connecter',
  forgot: 'Mot de passe oublié ?',
  site: 'Site',
  tokenTitle: 'Se connecter avec un jeton',
  token: 'Jeton de connexion',
  tokenHint: 'Il commence par @tok- et vaut deux minutes.',
  goOn: 'Continuer',
  withPassword: 'Se connecter avec un mot de passe',
  tokenRefused: 'Ce jeton n’est pas bon, a expiré ou a déjà servi. Recommencez là d’où vous venez.',
  tokenAsks: 'Se connecter ici ?',
  tokenWarning:
    'Continuez seulement si c’est vous et si vous êtes venu de vous-même : le lien de quelqu’un d’autre vous connecterait à sa place.',
  notMe: 'Ce n’est pas moi',
  secondTitle: 'Encore une étape',
  code: 'Code',
  totpHint: 'Le code affiché par votre application d’authentification.',
  smsHint: 'Le code que nous envoyons à votre téléphone.',
  yubiHint: 'Ou touchez votre Yubikey.',
  otherWay: 'Utiliser un autre moyen',
  sendText: 'M’envoyer un code par SMS',
  texted: 'Un code est en route.',
  recoveryHint:
    'Saisissez dans le même champ un de vos codes de récupération. Chacun sert une fois.',
  lostHint: 'Si vous avez perdu votre second facteur, adressez-vous à votre administrateur.',
  loggingIn: 'Vous vous connectez en tant que',
  startAgain: 'Se connecter comme quelqu’un d’autre',
  useKey: 'Utiliser votre clé de sécurité',
  keyFailed:
    'La clé n’a pas répondu. Il lui faut un script et un navigateur récent ; réessayez, ou utilisez un autre moyen.',
  keyElsewhere: 'Pour utiliser votre clé de sécurité, connectez-vous sur',
  keyLent: 'Si votre navigateur n’accepte pas la clé ici, connectez-vous sur',
  otherKeys:
    'Pour utiliser une clé de sécurité enregistrée à une autre adresse, connectez-vous sur',
  keysLost:
    'Vos clés de sécurité ne fonctionnent plus : l’adresse à laquelle vous les avez enregistrées n’appartient plus à ce site.',
  otherWays: 'Autres façons de se connecter',
  withPasskey: 'Se connecter avec une clé d’accès',
  passkeyFailed: 'Aucune clé n’a répondu. Réessayez, ou connectez-vous avec votre mot de passe.',
}

/** What the page to log in on says. */
export function pageTextsIn(language: Language): PageTexts {
  return { en, de, es, fr }[language]
}
