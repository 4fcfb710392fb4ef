import type { Language } from '../../http/languages.ts'

const en = {
  forgotTitle: 'Forgot your password?',
  forgotHint: 'Tell us your username or mail address, and we send you a link to choose a new one.',
  name: 'Username or mail address',
  send: 'Send the link',
  sentTitle: 'Look into your mail',
  sent: 'If this name or address belongs to somebody here, a link is on its way. It is good for an hour.',
  resetTitle: 'Choose a new password',
  password: 'New password',
  again: 'The same again',
  save: 'Save the password',
  doneTitle: 'Your password is changed',
  done: 'Every session has ended. You can log in with the new password now.',
  another: 'Ask for a new link',
  openAgain:
    'Open the link in the email again. If you see this page again, allow cookies for this site.',
  logIn: 'Log in',
  advice: 'A long one is best: several words that nobody would guess.',
  least: 'At least {least} characters.',
  useKey: 'Confirm with your security key',
  keyFailed: 'The key gave no answer. Try again, or use a code.',
  otp: 'Code of your second factor',
}

type PageTexts = typeof en

const es: PageTexts = {
  forgotTitle: '¿Ha olvidado su contraseña?',
  forgotHint: 'Indique su nombre de usuario o correo y le enviaremos un enlace para elegir otra.',
  name: 'Nombre de usuario o correo',
  send: 'Enviar el enlace',
  sentTitle: 'Mire su correo',
  sent: 'Si este nombre o correo es de alguien aquí, un enlace está en camino. Vale una hora.',
  resetTitle: 'Elija una contraseña nueva',
  password: 'Contraseña nueva',
  again: 'La misma otra vez',
  save: 'Guardar la contraseña',
  doneTitle: 'Su contraseña ha cambiado',
  done: 'Todas las sesiones han terminado. Ya puede entrar con la contraseña nueva.',
  another: 'Pedir un enlace nuevo',
  openAgain:
    'Vuelva a abrir el enlace del correo. Si esta página aparece de nuevo, permita las cookies de este sitio.',
  logIn: 'Entrar',
  advice: 'Lo mejor es una larga: varias palabras que nadie adivine.',
  least: 'Al menos {least} caracteres.',
  useKey: 'Confirmar con la llave de seguridad',
  keyFailed: 'La llave no respondió. Inténtelo de nuevo o use un código.',
  otp: 'Código de su segundo factor',
}

const de: PageTexts = {
  forgotTitle: 'Passwort vergessen?',
  forgotHint:
    'Nennen Sie Ihren Benutzernamen oder Ihre Mailadresse; wir senden einen Link für ein neues.',
  name: 'Benutzername oder Mailadresse',
  send: 'Link senden',
  sentTitle: 'Sehen Sie in Ihre Mail',
  sent: 'Wenn hier jemand diesen Namen oder diese Adresse hat, ist ein Link unterwegs. Er gilt eine Stunde.',
  resetTitle: 'Neues Passwort wählen',
  password: 'Neues Passwort',
  again: 'Noch einmal dasselbe',
  save: 'Passwort speichern',
  doneTitle: 'Ihr Passwort ist geändert',
  done: 'Alle Sitzungen sind beendet. Sie können sich jetzt mit dem neuen Passwort anmelden.',
  another: 'Neuen Link anfordern',
  openAgain:
    'Öffnen Sie den Link in der E-Mail noch einmal. Erscheint diese Seite wieder, erlauben Sie Cookies für diese Website.',
  logIn: 'Anmelden',
  advice: 'Am besten ein langes: mehrere Wörter, die niemand errät.',
  least: 'Mindestens {least} Zeichen.',
  useKey: 'Mit Sicherheitsschlüssel bestätigen',
  keyFailed:
    'Der Schlüssel hat nicht geantwortet. Versuchen Sie es noch einmal, oder verwenden Sie einen Code.',
  otp: 'Code Ihres zweiten Faktors',
}

const fr: PageTexts = {
  forgotTitle: 'Mot de passe oublié ?',
  forgotHint:
    'Indiquez votre nom d’utilisateur ou votre adresse ; nous vous enverrons un lien pour en choisir un autre.',
  name: 'Nom d’utilisateur ou adresse',
  send: 'Envoyer le lien',
  sentTitle: 'Regardez votre messagerie',
  sent: 'Si ce nom ou cette adresse est à quelqu’un ici, un lien est en route. Il est valable une heure.',
  resetTitle: 'Choisissez un nouveau mot de passe',
  password: 'Nouveau mot de passe',
  again: 'Encore une fois le même',
  save: 'Enregistrer le mot de passe',
  doneTitle: 'Votre mot de passe est changé',
  done: 'Toutes les sessions sont terminées. Vous pouvez vous connecter avec le nouveau mot de passe.',
  another: 'Demander un nouveau lien',
  openAgain:
    'Ouvrez de nouveau le lien reçu par e-mail. Si cette page réapparaît, autorisez les cookies pour ce site.',
  logIn: 'Se connecter',
  advice: 'Le mieux est qu’il soit long : plusieurs mots que personne ne devine.',
  least: 'Au moins {least} caractères.',
  useKey: 'Confirmer avec la clé de sécurité',
  keyFailed: 'La clé n’a pas répondu. Réessayez, ou utilisez un code.',
  otp: 'Code de votre second facteur',
}

const texts = { en, es, de, fr } satisfies Record<Language, PageTexts>

export function pageTextsIn(language: Language): PageTexts {
  return texts[language]
}
