import type { Language } from '../http/languages.ts'
import type { SsoRefusal } from './ask-provider.ts'

interface PageTexts {
  /** Of a button, before the provider's name. */
  goOnBy: string
  failedTitle: string
  again: string
  asksTitle: string
  askedBy: string
  who: string
  site: string
  warning: string
  logIn: string
  notMe: string
  loggedOutTitle: string
  loggedOutThere: string
  logOutThere: string
  backToLogIn: string
  testPassedTitle: string
  /** With the strategy’s `{label}` and the `{host}` that was tried. */
  testPassed: string
  backToAdmin: string
  refusals: Record<SsoRefusal, string>
}

const texts: Record<Language, PageTexts> = {
  en: {
    goOnBy: 'Log in with',
    failedTitle: 'Nobody was logged in',
    again: 'Try again',
    asksTitle: 'Log in here?',
    askedBy: 'Provider',
    who: 'You are known there as',
    site: 'Site',
    warning:
      'Go on only if this is you, and if an app of yours asked you to log in: a link of somebody else would log you in as somebody else.',
    logIn: 'Log in',
    notMe: 'That is not me',
    loggedOutTitle: 'You are logged out',
    loggedOutThere: 'You may still be logged in there:',
    logOutThere: 'Log out there, too',
    backToLogIn: 'Log in again',
    testPassedTitle: 'The test login worked',
    testPassed:
      '{label} can receive logins at {host}. Nobody was logged in. Go back to the admin page to move the strategy there.',
    backToAdmin: 'Back to single sign-on settings',
    refusals: {
      denied: 'The provider did not let you in, or you said no there.',
      expired: 'This took longer than 10 minutes, or did not begin here.',
      'other-browser': 'This log in was begun in another browser. Begin it in this one.',
      used: 'This log in was used before, or your account changed at the same time.',
      refused:
        'The provider’s answer was not as it must be. If that happens again, tell your administrator.',
      unknown: 'Nobody here is linked to who you are there. Ask your administrator.',
      'not-allowed': 'You may not log in here this way. Ask your administrator.',
      'groups-not-told':
        'Your identity provider did not say which groups you are in, so we could not let you in. Ask your administrator.',
    },
  },
  de: {
    goOnBy: 'Anmelden mit',
    failedTitle: 'Niemand wurde angemeldet',
    again: 'Noch einmal versuchen',
    asksTitle: 'Hier anmelden?',
    askedBy: 'Anbieter',
    who: 'Dort sind Sie bekannt als',
    site: 'Site',
    warning:
      'Machen Sie nur weiter, wenn Sie das sind und eine Ihrer Apps Sie dazu aufgefordert hat: Ein Link von jemand anderem würde Sie als jemand anderen anmelden.',
    logIn: 'Anmelden',
    notMe: 'Das bin ich nicht',
    loggedOutTitle: 'Sie sind abgemeldet',
    loggedOutThere: 'Vielleicht sind Sie dort noch angemeldet:',
    logOutThere: 'Auch dort abmelden',
    backToLogIn: 'Wieder anmelden',
    testPassedTitle: 'Die Testanmeldung war erfolgreich',
    testPassed:
      '{label} kann Anmeldungen unter {host} empfangen. Es wurde niemand angemeldet. Kehren Sie zur Verwaltung zurück, um die Strategie dorthin umzustellen.',
    backToAdmin: 'Zurück zu den Single-Sign-on-Einstellungen',
    refusals: {
      denied: 'Der Anbieter hat Sie nicht eingelassen, oder Sie haben dort abgelehnt.',
      expired: 'Das hat länger als 10 Minuten gedauert oder hat nicht hier begonnen.',
      'other-browser':
        'Diese Anmeldung wurde in einem anderen Browser begonnen. Beginnen Sie sie in diesem.',
      used: 'Diese Anmeldung wurde schon benutzt, oder Ihr Konto hat sich währenddessen geändert.',
      refused:
        'Die Antwort des Anbieters war nicht, wie sie sein muss. Kommt das wieder vor, sagen Sie es Ihrem Administrator.',
      unknown:
        'Niemand hier ist mit dem verknüpft, der Sie dort sind. Fragen Sie Ihren Administrator.',
      'not-allowed':
        'Sie dürfen sich hier nicht auf diesem Weg anmelden. Fragen Sie Ihren Administrator.',
      'groups-not-told':
        'Ihr Identitätsanbieter hat nicht mitgeteilt, in welchen Gruppen Sie sind. Deshalb konnten wir Sie nicht anmelden. Fragen Sie Ihren Administrator.',
    },
  },
  es: {
    goOnBy: 'Iniciar sesión con',
    failedTitle: 'No se ha iniciado ninguna sesión',
    again: 'Intentar de nuevo',
    asksTitle: '¿Iniciar sesión aquí?',
    askedBy: 'Proveedor',
    who: 'Allí se le conoce como',
    site: 'Sitio',
    warning:
      'Continúe solo si es usted y si una de sus aplicaciones se lo ha pedido: un enlace de otra persona le haría entrar como otra persona.',
    logIn: 'Iniciar sesión',
    notMe: 'No soy yo',
    loggedOutTitle: 'Ha cerrado la sesión',
    loggedOutThere: 'Quizá su sesión allí siga abierta:',
    logOutThere: 'Cerrarla allí también',
    backToLogIn: 'Iniciar sesión de nuevo',
    testPassedTitle: 'El inicio de sesión de prueba ha funcionado',
    testPassed:
      '{label} puede recibir inicios de sesión en {host}. No se ha iniciado ninguna sesión. Vuelva a la página de administración para cambiar la estrategia a ese host.',
    backToAdmin: 'Volver a la configuración del inicio de sesión único',
    refusals: {
      denied: 'El proveedor no le ha dejado entrar, o usted lo ha rechazado allí.',
      expired: 'Esto ha tardado más de 10 minutos, o no empezó aquí.',
      'other-browser': 'Este inicio de sesión empezó en otro navegador. Empiécelo en este.',
      used: 'Este inicio de sesión ya se usó, o su cuenta cambió al mismo tiempo.',
      refused:
        'La respuesta del proveedor no era como debe ser. Si vuelve a ocurrir, avise a su administrador.',
      unknown: 'Nadie aquí está vinculado con quien es usted allí. Pregunte a su administrador.',
      'not-allowed': 'No puede entrar aquí de esta manera. Pregunte a su administrador.',
      'groups-not-told':
        'Su proveedor de identidad no indicó a qué grupos pertenece, por lo que no hemos podido iniciar su sesión. Consulte a su administrador.',
    },
  },
  fr: {
    goOnBy: 'Se connecter avec',
    failedTitle: 'Personne n’a été connecté',
    again: 'Réessayer',
    asksTitle: 'Se connecter ici ?',
    askedBy: 'Fournisseur',
    who: 'Vous y êtes connu comme',
    site: 'Site',
    warning:
      'Ne continuez que si c’est vous et si une de vos applications vous l’a demandé : un lien venu d’ailleurs vous connecterait comme quelqu’un d’autre.',
    logIn: 'Se connecter',
    notMe: 'Ce n’est pas moi',
    loggedOutTitle: 'Vous êtes déconnecté',
    loggedOutThere: 'Vous y êtes peut-être encore connecté :',
    logOutThere: 'S’y déconnecter aussi',
    backToLogIn: 'Se reconnecter',
    testPassedTitle: 'La connexion de test a réussi',
    testPassed:
      '{label} peut recevoir les connexions sur {host}. Personne n’a été connecté. Revenez à la page d’administration pour y déplacer la stratégie.',
    backToAdmin: 'Retour aux réglages de l’authentification unique',
    refusals: {
      denied: 'Le fournisseur ne vous a pas laissé entrer, ou vous y avez refusé.',
      expired: 'Cela a pris plus de 10 minutes, ou n’a pas commencé ici.',
      'other-browser':
        'Cette connexion a commencé dans un autre navigateur. Commencez-la dans celui-ci.',
      used: 'Cette connexion a déjà servi, ou votre compte a changé au même moment.',
      refused:
        'La réponse du fournisseur n’était pas comme elle doit être. Si cela se reproduit, prévenez votre administrateur.',
      unknown: 'Personne ici n’est lié à qui vous y êtes. Demandez à votre administrateur.',
      'not-allowed':
        'Vous ne pouvez pas vous connecter ici de cette façon. Demandez à votre administrateur.',
      'groups-not-told':
        'Votre fournisseur d’identité n’a pas indiqué vos groupes ; nous n’avons donc pas pu vous connecter. Contactez votre administrateur.',
    },
  },
}

export function ssoTextsIn(language: Language): PageTexts {
  return texts[language]
}
