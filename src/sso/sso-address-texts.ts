import type { Language } from '../http/languages.ts'

const en = {
  unconfirmed:
    'Register this address at the provider: no login has come back to it yet. The address that earlier versions shared among all sites no longer works.',
  notOfSite:
    'Nobody can log in with this strategy: the host of its redirect address no longer belongs to the site. Move the strategy to another host.',
  otherHost: 'Receive logins at {host} instead',
  registerFirst: 'Register this address at the provider as well:',
  thenTest: 'Then make a test login there. It logs nobody in.',
  testAt: 'Test login at {host}',
  tested: 'A test login has worked there.',
  moveTo: 'Move to {host}',
  recordMissing:
    'The TXT record that verifies {domain} has been missing since {since}. Set it again: {name} with the value {value}. Otherwise the domain is no longer verified {days} days after that, and strategies that receive logins there stop working.',
}

type AddressTexts = typeof en

const de: AddressTexts = {
  unconfirmed:
    'Tragen Sie diese Adresse beim Anbieter ein: Bisher ist dort keine Anmeldung angekommen. Die Adresse, die sich in früheren Versionen alle Sites teilten, funktioniert nicht mehr.',
  notOfSite:
    'Mit dieser Strategie kann sich niemand anmelden: Der Host ihrer Weiterleitungsadresse gehört nicht mehr zur Site. Stellen Sie die Strategie auf einen anderen Host um.',
  otherHost: 'Anmeldungen stattdessen unter {host} empfangen',
  registerFirst: 'Tragen Sie beim Anbieter zusätzlich diese Adresse ein:',
  thenTest: 'Führen Sie dort anschließend eine Testanmeldung durch. Dabei wird niemand angemeldet.',
  testAt: 'Testanmeldung unter {host}',
  tested: 'Eine Testanmeldung dort war erfolgreich.',
  moveTo: 'Auf {host} umstellen',
  recordMissing:
    'Der TXT-Eintrag, der {domain} verifiziert, fehlt seit {since}. Legen Sie ihn wieder an: {name} mit dem Wert {value}. Sonst ist die Domain {days} Tage danach nicht mehr verifiziert, und Strategien, die dort Anmeldungen empfangen, funktionieren nicht mehr.',
}

const es: AddressTexts = {
  unconfirmed:
    'Registre esta dirección en el proveedor: todavía no ha llegado a ella ningún inicio de sesión. La dirección que las versiones anteriores compartían entre todos los sitios ya no funciona.',
  notOfSite:
    'Nadie puede iniciar sesión con esta estrategia: el host de su dirección de redirección ya no pertenece al sitio. Cambie la estrategia a otro host.',
  otherHost: 'Recibir los inicios de sesión en {host}',
  registerFirst: 'Registre también esta dirección en el proveedor:',
  thenTest: 'Después, haga allí un inicio de sesión de prueba. No inicia ninguna sesión.',
  testAt: 'Inicio de sesión de prueba en {host}',
  tested: 'Allí ha funcionado un inicio de sesión de prueba.',
  moveTo: 'Cambiar a {host}',
  recordMissing:
    'El registro TXT que verifica {domain} falta desde {since}. Vuelva a crearlo: {name} con el valor {value}. De lo contrario, a los {days} días el dominio dejará de estar verificado y las estrategias que reciben allí los inicios de sesión dejarán de funcionar.',
}

const fr: AddressTexts = {
  unconfirmed:
    'Enregistrez cette adresse chez le fournisseur : aucune connexion n’y est encore arrivée. L’adresse que les versions précédentes partageaient entre tous les sites ne fonctionne plus.',
  notOfSite:
    'Personne ne peut se connecter avec cette stratégie : l’hôte de son adresse de redirection n’appartient plus au site. Déplacez la stratégie vers un autre hôte.',
  otherHost: 'Recevoir plutôt les connexions sur {host}',
  registerFirst: 'Enregistrez aussi cette adresse chez le fournisseur :',
  thenTest: 'Faites-y ensuite une connexion de test. Elle ne connecte personne.',
  testAt: 'Connexion de test sur {host}',
  tested: 'Une connexion de test y a réussi.',
  moveTo: 'Déplacer vers {host}',
  recordMissing:
    'L’enregistrement TXT qui vérifie {domain} est absent depuis le {since}. Recréez-le : {name} avec la valeur {value}. Sinon, {days} jours après, le domaine ne sera plus vérifié et les stratégies qui y reçoivent les connexions cesseront de fonctionner.',
}

const texts: Record<Language, AddressTexts> = { en, de, es, fr }

/** A text about the addresses that strategies receive logins at, with its `{name}` places filled. */
export function addressText(
  language: Language,
  name: keyof AddressTexts,
  values: Record<string, string> = {},
): string {
  return texts[language][name].replaceAll(/\{(\w+)\}/g, (place, key) => values[key] ?? place)
}
