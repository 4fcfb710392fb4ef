import type { Language } from '../platform/languages.ts'

const en = {
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
}

export type MailTexts = typeof en

const es: MailTexts = {
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
}

const de: MailTexts = {
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
}

const fr: MailTexts = {
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
}

const texts = { en, es, de, fr } satisfies Record<Language, MailTexts>

/** A text of a message, with its `{name}` places filled. */
export function mailText(
  language: Language,
  name: keyof MailTexts,
  values: Record<string, string> = {},
): string {
  return texts[language][name].replaceAll(/\{(\w+)\}/g, (_, key: string) => values[key] ?? '')
}
