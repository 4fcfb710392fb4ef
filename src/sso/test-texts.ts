import type { Language } from '../http/languages.ts'
import type { TestOutcome, TestResult } from './test-strategy.ts'

/** What came of the test of a strategy, and what to do about it. */
const outcomeTexts: Record<Language, Record<TestOutcome, string>> = {
  en: {
    works: 'The provider answers and knows this client. What is left is to log in by it.',
    'does-not-answer':
      'The provider does not answer, or not in time, or only with errors of its own.',
    'metadata-malformed':
      'There is no OpenID Connect provider at this address, or it calls itself by another issuer. Compare the issuer, letter by letter, a slash at the end included.',
    'endpoint-missing': 'The provider names an address that is missing, or that may not be asked.',
    'algorithms-unsupported':
      'The provider signs its ID tokens with algorithms that we do not accept, such as HS256. Choose RS256 or ES256 there.',
    'keys-missing': 'The provider publishes no keys to check its tokens by.',
    'client-refused': 'The provider does not take this client id with this secret.',
    'redirect-refused': 'The provider does not know our redirect address. Register it there.',
    'redirect-not-of-site':
      'The host of its redirect address no longer belongs to the site. Move the strategy to another host.',
    'answer-not-understood': 'The provider answered something that is not of OAuth 2.0.',
  },
  de: {
    works: 'Der Anbieter antwortet und kennt diesen Client. Es bleibt, sich damit anzumelden.',
    'does-not-answer':
      'Der Anbieter antwortet nicht, nicht rechtzeitig oder nur mit eigenen Fehlern.',
    'metadata-malformed':
      'An dieser Adresse ist kein OpenID-Connect-Anbieter, oder er nennt sich anders. Vergleichen Sie den Aussteller (issuer) Buchstabe für Buchstabe, auch einen Schrägstrich am Ende.',
    'endpoint-missing':
      'Der Anbieter nennt eine Adresse nicht, oder eine, die nicht gefragt werden darf.',
    'algorithms-unsupported':
      'Der Anbieter signiert seine ID-Tokens mit Verfahren, die wir nicht annehmen, etwa HS256. Wählen Sie dort RS256 oder ES256.',
    'keys-missing': 'Der Anbieter veröffentlicht keine Schlüssel zum Prüfen seiner Tokens.',
    'client-refused': 'Der Anbieter nimmt diese Client-ID mit diesem Geheimnis nicht an.',
    'redirect-refused':
      'Der Anbieter kennt unsere Weiterleitungsadresse nicht. Tragen Sie sie dort ein.',
    'redirect-not-of-site':
      'Der Host ihrer Weiterleitungsadresse gehört nicht mehr zur Site. Stellen Sie die Strategie auf einen anderen Host um.',
    'answer-not-understood': 'Der Anbieter hat etwas geantwortet, das nicht zu OAuth 2.0 gehört.',
  },
  es: {
    works: 'El proveedor responde y conoce este cliente. Solo falta iniciar sesión con él.',
    'does-not-answer': 'El proveedor no responde, o no a tiempo, o solo con errores propios.',
    'metadata-malformed':
      'En esta dirección no hay un proveedor de OpenID Connect, o se llama de otra manera. Compare el emisor (issuer) letra por letra, incluida una barra final.',
    'endpoint-missing':
      'Al proveedor le falta una dirección, o nombra una a la que no se puede preguntar.',
    'algorithms-unsupported':
      'El proveedor firma sus tokens de identidad con algoritmos que no aceptamos, como HS256. Elija allí RS256 o ES256.',
    'keys-missing': 'El proveedor no publica claves con las que comprobar sus tokens.',
    'client-refused': 'El proveedor no acepta este id de cliente con este secreto.',
    'redirect-refused': 'El proveedor no conoce nuestra dirección de redirección. Regístrela allí.',
    'redirect-not-of-site':
      'El host de su dirección de redirección ya no pertenece al sitio. Cambie la estrategia a otro host.',
    'answer-not-understood': 'El proveedor respondió algo que no es de OAuth 2.0.',
  },
  fr: {
    works: 'Le fournisseur répond et connaît ce client. Il ne reste qu’à se connecter par lui.',
    'does-not-answer':
      'Le fournisseur ne répond pas, pas à temps, ou seulement par ses propres erreurs.',
    'metadata-malformed':
      'Il n’y a pas de fournisseur OpenID Connect à cette adresse, ou il se nomme autrement. Comparez l’émetteur (issuer) lettre à lettre, barre finale comprise.',
    'endpoint-missing':
      'Le fournisseur omet une adresse, ou en nomme une qui ne peut être interrogée.',
    'algorithms-unsupported':
      'Le fournisseur signe ses jetons d’identité avec des algorithmes que nous n’acceptons pas, tels que HS256. Choisissez-y RS256 ou ES256.',
    'keys-missing': 'Le fournisseur ne publie pas de clés pour vérifier ses jetons.',
    'client-refused': 'Le fournisseur n’accepte pas cet identifiant de client avec ce secret.',
    'redirect-refused':
      'Le fournisseur ne connaît pas notre adresse de redirection. Enregistrez-la chez lui.',
    'redirect-not-of-site':
      'L’hôte de son adresse de redirection n’appartient plus au site. Déplacez la stratégie vers un autre hôte.',
    'answer-not-understood': 'La réponse du fournisseur n’est pas du OAuth 2.0.',
  },
}

/** How the client proved itself, by the name that metadata gives it. */
const authenticationTexts: Record<Language, string> = {
  en: 'Client authentication: {method}.',
  de: 'Client-Authentifizierung: {method}.',
  es: 'Autenticación del cliente: {method}.',
  fr: 'Authentification du client : {method}.',
}

/** What came of a test, in words, and by which method the client proved itself. */
export function testTextOf({ outcome, authentication }: TestResult, language: Language): string {
  const text = outcomeTexts[language][outcome]
  return authentication === null
    ? text
    : `${text} ${authenticationTexts[language].replace('{method}', authentication)}`
}
