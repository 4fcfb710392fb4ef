import type { Language } from '../platform/languages.ts'

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
}

/** What the page to log in on says. */
export function pageTextsIn(language: Language): PageTexts {
  return { en, de, es, fr }[language]
}
