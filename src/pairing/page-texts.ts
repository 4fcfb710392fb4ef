import type { Language } from '../http/languages.ts'

const en = {
  title: 'Connect an app?',
  asks: 'An app asks to use your account:',
  computer: 'Computer',
  platform: 'System',
  place: 'It asks from',
  placeUnknown: 'not known',
  account: 'Your account',
  warning:
    'Connect it only if you have just started this yourself. Nobody from support will ever ask you to.',
  elsewhere:
    'The app is in another network than you are, or it is not known where it is. That is rare.',
  sure: 'I have started this myself, on that computer.',
  password: 'Your password',
  approve: 'Connect',
  deny: 'No, do not connect',
  approvedTitle: 'Connected',
  approved: 'Go back to the app: it is logged in within seconds. You can close this page.',
  deniedTitle: 'Not connected',
  denied: 'The app has got nothing. If you did not start this, there is nothing else to do.',
  moreTitle: 'Connect from this network, too?',
  more: 'The app asks from a network that you have not approved yet:',
  waitingTitle: 'Waiting for the app',
  waiting:
    'You approved the app, but it has not asked yet. Go back to the app, then check here from which network it asks.',
  stillWaiting: 'If the app is still waiting, check again here.',
  check: 'Check again',
  noneTitle: 'Nothing to connect',
  none: 'This page is opened by an app that wants to connect. Please start again from there.',
}

type PageTexts = typeof en

const de: PageTexts = {
  title: 'App verbinden?',
  asks: 'Eine App möchte Ihr Konto benutzen:',
  computer: 'Rechner',
  platform: 'System',
  place: 'Sie fragt aus',
  placeUnknown: 'nicht bekannt',
  account: 'Ihr Konto',
  warning:
    'Verbinden Sie sie nur, wenn Sie das eben selbst begonnen haben. Kein Support wird Sie je darum bitten.',
  elsewhere:
    'Die App ist in einem anderen Netz als Sie, oder wo sie ist, ist nicht bekannt. Das ist selten.',
  sure: 'Ich habe das selbst begonnen, an diesem Rechner.',
  password: 'Ihr Passwort',
  approve: 'Verbinden',
  deny: 'Nein, nicht verbinden',
  approvedTitle: 'Verbunden',
  approved:
    'Zurück zur App: Sie ist in wenigen Sekunden angemeldet. Diese Seite können Sie schließen.',
  deniedTitle: 'Nicht verbunden',
  denied:
    'Die App hat nichts bekommen. Wenn Sie das nicht begonnen haben, ist sonst nichts zu tun.',
  moreTitle: 'Auch aus diesem Netz verbinden?',
  more: 'Die App fragt aus einem Netz, das Sie noch nicht freigegeben haben:',
  waitingTitle: 'Warten auf die App',
  waiting:
    'Sie haben die App freigegeben, aber sie hat noch nicht angefragt. Wechseln Sie zur App und prüfen Sie dann hier, aus welchem Netz sie anfragt.',
  stillWaiting: 'Wartet die App weiterhin? Dann prüfen Sie hier erneut.',
  check: 'Erneut prüfen',
  noneTitle: 'Nichts zu verbinden',
  none: 'Diese Seite öffnet eine App, die sich verbinden möchte. Bitte beginnen Sie dort von vorn.',
}

const es: PageTexts = {
  title: '¿Vincular una aplicación?',
  asks: 'Una aplicación pide usar su cuenta:',
  computer: 'Ordenador',
  platform: 'Sistema',
  place: 'Pide desde',
  placeUnknown: 'desconocido',
  account: 'Su cuenta',
  warning:
    'Vincúlela solo si acaba de empezar esto usted mismo. Nadie de soporte se lo pedirá nunca.',
  elsewhere: 'La aplicación está en otra red que usted, o no se sabe dónde está. Es poco común.',
  sure: 'Lo he empezado yo, en ese ordenador.',
  password: 'Su contraseña',
  approve: 'Vincular',
  deny: 'No, no vincular',
  approvedTitle: 'Vinculada',
  approved: 'Vuelva a la aplicación: entrará en unos segundos. Puede cerrar esta página.',
  deniedTitle: 'No vinculada',
  denied: 'La aplicación no ha recibido nada. Si no empezó esto, no hay nada más que hacer.',
  moreTitle: '¿Vincular también desde esta red?',
  more: 'La aplicación pide acceso desde una red que usted aún no ha aprobado:',
  waitingTitle: 'Esperando a la aplicación',
  waiting:
    'Ha aprobado la aplicación, pero esta aún no ha pedido acceso. Vuelva a ella y compruebe después aquí desde qué red lo pide.',
  stillWaiting: 'Si la aplicación sigue esperando, compruébelo aquí de nuevo.',
  check: 'Comprobar de nuevo',
  noneTitle: 'Nada que vincular',
  none: 'Esta página la abre una aplicación que quiere vincularse. Empiece de nuevo desde allí.',
}

const fr: PageTexts = {
  title: 'Associer une application ?',
  asks: 'Une application demande à utiliser votre compte :',
  computer: 'Ordinateur',
  platform: 'Système',
  place: 'Elle demande depuis',
  placeUnknown: 'inconnu',
  account: 'Votre compte',
  warning:
    'Ne l’associez que si vous venez de commencer cela vous-même. Le support ne vous le demandera jamais.',
  elsewhere:
    'L’application est sur un autre réseau que vous, ou l’on ne sait pas où elle est. C’est rare.',
  sure: 'J’ai commencé cela moi-même, sur cet ordinateur.',
  password: 'Votre mot de passe',
  approve: 'Associer',
  deny: 'Non, ne pas associer',
  approvedTitle: 'Associée',
  approved:
    'Revenez à l’application : elle sera connectée dans quelques secondes. Vous pouvez fermer cette page.',
  deniedTitle: 'Non associée',
  denied:
    'L’application n’a rien reçu. Si vous n’avez pas commencé cela, il n’y a rien d’autre à faire.',
  moreTitle: 'Associer aussi depuis ce réseau ?',
  more: 'L’application demande l’accès depuis un réseau que vous n’avez pas encore approuvé :',
  waitingTitle: 'En attente de l’application',
  waiting:
    'Vous avez approuvé l’application, mais elle n’a encore rien demandé. Revenez-y, puis vérifiez ici depuis quel réseau elle demande l’accès.',
  stillWaiting: 'Si l’application attend toujours, vérifiez à nouveau ici.',
  check: 'Vérifier à nouveau',
  noneTitle: 'Rien à associer',
  none: 'Cette page est ouverte par une application qui veut s’associer. Recommencez depuis celle-ci.',
}

/** What the page to approve an app says. */
export function pageTextsIn(language: Language): PageTexts {
  return { en, de, es, fr }[language]
}
