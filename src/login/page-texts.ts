import type { Language } from '../platform/languages.ts'

const en = {
  logInTitle: 'Log in',
  username: 'Username',
  password: 'Password',
  newPassword: 'New password',
  again: 'The new one again',
  logIn: 'Log in',
  forgot: 'Forgot your password?',
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
}

const es: PageTexts = {
  logInTitle: 'Entrar',
  username: 'Nombre de usuario',
  password: 'Contraseña',
  newPassword: 'Contraseña nueva',
  again: 'La nueva otra vez',
  logIn: 'Entrar',
  forgot: '¿Ha olvidado su contraseña?',
}

const fr: PageTexts = {
  logInTitle: 'Se connecter',
  username: 'Identifiant',
  password: 'Mot de passe',
  newPassword: 'Nouveau mot de passe',
  again: 'Le nouveau encore une fois',
  logIn: 'Se connecter',
  forgot: 'Mot de passe oublié ?',
}

/** What the page to log in on says. */
export function pageTextsIn(language: Language): PageTexts {
  return { en, de, es, fr }[language]
}
