import type { Texts } from '../languages.ts'

export const fr: Texts = {
  problems: {
    'bad-request/https-required': 'Cette API n’est disponible qu’en HTTPS.',
    'bad-request/invalid-body': 'Le corps de la requête est illisible : {detail}.',
    'bad-request/invalid-input-encoding': 'L’adresse de la requête n’est pas en UTF-8 valide.',
    'bad-request/method-not-allowed': 'Cette adresse n’accepte pas les requêtes {method}.',
    'bad-request/request-params-invalid': 'Paramètre non valide : {name}',
    'bad-request/request-params-required': 'Paramètre obligatoire manquant : {name}',
    'bad-request/unsupported-media-type':
      'Envoyez les paramètres en application/json ou application/x-www-form-urlencoded.',
    'not-authenticated/authentication-required':
      'Connectez-vous d’abord : cette requête ne porte aucun identifiant.',
    'not-authenticated/invalid-credentials':
      'La clé d’API ou le jeton de session envoyé ne permet pas de valider cette requête.',
    'not-authenticated/invalid-username-or-password': 'Identifiant ou mot de passe incorrect',
    'not-authorized/cannot-login-while-using-key':
      'La connexion est impossible avec une clé d’API. Retirez-la de cette requête.',
    'not-authorized/two-factor-authentication-required':
      'Configurez d’abord l’authentification à deux facteurs.',
    'not-authorized/user-id-without-site-admin':
      'Seul un administrateur du site peut désigner un autre utilisateur.',
    'not-found/not-found': 'Il n’y a rien à cette adresse.',
    'site-configuration/no-account-for-site': 'Il n’y a pas de compte à cette adresse.',
    'service-unavailable/not-configured':
      'Ce service n’est pas encore configuré. Son journal indique ce qui manque.',
    'service-unavailable/storage-unavailable':
      'Notre stockage ne répond pas pour l’instant. Réessayez dans un moment.',
    'service-unavailable/unexpected':
      'Une erreur s’est produite de notre côté. Réessayez et, si elle persiste, indiquez le numéro de la requête.',
  },
}
