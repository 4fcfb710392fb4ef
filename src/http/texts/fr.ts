import type { Texts } from '../languages.ts'

export const fr: Texts = {
  problems: {
    'bad-request/invalid-logout-token': 'Ce jeton de déconnexion n’est pas valable.',
    'bad-request/invalid-oauth-provider':
      'Ce fournisseur d’identité est inconnu, ou n’est pas configuré pour le site.',
    'bad-request/https-required': 'Cette API n’est disponible qu’en HTTPS.',
    'bad-request/invalid-body': 'Le corps de la requête est illisible : {detail}.',
    'bad-request/invalid-input-encoding':
      'L’adresse de la requête n’est pas en UTF-8 valide avec encodage-pourcent. Envoyez un signe pourcent sous la forme %25.',
    'bad-request/invalid-interface': 'L’interface est l’une de web, desktop, mobile.',
    'bad-request/method-not-allowed': 'Cette adresse n’accepte pas les requêtes {method}.',
    'bad-request/request-params-invalid': 'Paramètre non valide : {name}',
    'bad-request/request-params-required': 'Paramètre obligatoire manquant : {name}',
    'bad-request/unsupported-media-type':
      'Envoyez les paramètres en application/json, application/x-www-form-urlencoded ou multipart/form-data.',
    'not-authenticated/invalid-oauth':
      'La connexion par le fournisseur d’identité n’a pas abouti. Recommencez.',
    'not-authenticated/two-factor-authentication-setup-expired':
      'La configuration a duré plus de 10 minutes. Recommencez-la.',
    'not-authenticated/two-factor-authentication-error':
      '2FA Authentication error: donnez un code de votre second facteur ({methods}).',
    'not-authenticated/one-time-password-incorrect': 'Le code n’est pas bon, ou a déjà servi.',
    'not-authenticated/passkey-offer-expired':
      'Cette page est restée ouverte trop longtemps. Réessayez.',
    'not-authenticated/invalid-session':
      'Cette étape a pris trop de temps, ou il y a eu trop de codes erronés. Connectez-vous à nouveau.',
    'not-authenticated/api-key-sessions-not-supported':
      'Une clé d’API n’ouvre pas de session. Envoyez-la comme X-FilesAPI-Key avec chaque requête.',
    'not-authenticated/authentication-required':
      'Connectez-vous d’abord : cette requête ne porte aucun identifiant.',
    'not-authenticated/invalid-credentials':
      'La clé d’API ou le jeton de session envoyé ne permet pas de valider cette requête.',
    'not-authenticated/invalid-or-expired-code':
      'Ce code n’est pas ou plus valable. Demandez un nouveau lien.',
    'not-authenticated/invalid-username-or-password': 'Identifiant ou mot de passe incorrect',
    'not-authenticated/locked-out': 'Trop de tentatives échouées. Reconnectez-vous après {until}.',
    'not-authenticated/lockout-region-mismatch':
      'Ce site n’est servi que dans sa propre région. Adressez vos requêtes à {host}.',
    'not-authorized/self-managed-required':
      'Il faut la session d’une personne : connectez-vous avec identifiant et mot de passe.',
    'not-authorized/desktop-app-of-other-network':
      'L’application est sur un autre réseau que vous, et votre site ne l’autorise pas.',
    'not-authorized/desktop-apps-are-off': 'Votre site n’autorise pas les applications de bureau.',
    'not-authorized/insufficient-permission-for-params':
      'Vous n’avez pas l’autorisation de modifier ceci ({name}). Une clé d’API ne peut pas tout ce que peut son propriétaire : connectez-vous pour le faire.',
    'not-authorized/cant-act-for-other-user': 'Cela n’est possible que pour soi-même.',
    'not-authorized/reauthentication-needed-action':
      'Veuillez confirmer avec votre mot de passe (en-tête X-Files-Reauthentication: password:…).',
    'not-authorized/reauthentication-failed': 'Le mot de passe n’est pas correct.',
    'not-authorized/must-authenticate-with-api-key':
      'Il s’agit de la clé d’API utilisée : envoyez-en une, et aucune session.',
    'not-authorized/api-key-only-for-desktop-app':
      'La clé d’une application de bureau ne peut pas faire cela.',
    'not-authorized/cannot-login-while-using-key':
      'La connexion est impossible avec une clé d’API. Retirez-la de cette requête.',
    'not-authorized/cross-site-request':
      'Ce formulaire n’a pas été envoyé depuis une de nos pages. Veuillez rouvrir la page.',
    'not-authorized/form-of-another-session':
      'Cette page a été ouverte dans une session précédente : rien n’a été modifié. Rouvrez-la pour continuer en tant que {username}.',
    'not-authorized/form-outdated':
      'Cette page est restée ouverte trop longtemps : rien n’a été modifié. Rouvrez-la et recommencez.',
    'not-authorized/contact-admin-for-password-change-help':
      'Les mots de passe de ce site sont réinitialisés par son administrateur. Veuillez vous adresser à lui.',
    'not-authorized/password-change-not-required':
      'Ce mot de passe n’a pas à être changé. Connectez-vous sans change_password.',
    'not-authorized/password-change-required':
      'Choisissez un nouveau mot de passe : répétez la connexion en l’envoyant dans change_password.',
    'not-authorized/two-factor-authentication-required':
      'Configurez d’abord l’authentification à deux facteurs.',
    'not-authorized/user-id-without-site-admin':
      'Seul un administrateur du site peut désigner un autre utilisateur.',
    'not-authorized/read-only-session': 'Cette session peut consulter, mais rien modifier.',
    'not-authorized/site-admin-required': 'Seul un administrateur du site peut faire cela.',
    'not-found/sso-strategy-not-found': 'Cette stratégie d’authentification unique n’existe pas.',
    'not-found/sso-identity-not-found': 'Ce lien avec un fournisseur n’existe pas.',
    'not-found/two-factor-method-not-found': 'Cette méthode à deux facteurs n’existe pas.',
    'not-found/code-not-found':
      'Cette association n’existe pas : pas encore approuvée, utilisée ou trop ancienne. Recommencez depuis l’application.',
    'not-found/api-key-not-found': 'Cette clé d’API n’existe pas.',
    'not-found/not-found': 'Il n’y a rien à cette adresse.',
    'not-found/session-not-found': 'Cette session n’existe pas ou est terminée.',
    'not-found/site-not-found': 'Ce site n’existe pas.',
    'not-found/user-not-found': 'Cet utilisateur n’existe pas.',
    'processing-failure/two-factor-authentication-code-already-sent':
      'Un code a été envoyé il y a moins d’une minute. Attendez-le, ou redemandez plus tard.',
    'processing-failure/failed-to-change-password':
      'Le mot de passe n’a pas été changé : votre compte a changé au même moment. Veuillez réessayer.',
    'processing-failure/model-save-error': 'Rien n’a été enregistré. {errors}',
    'rate-limited/reauthentication-rate-limited':
      'Trop de mots de passe incorrects. Veuillez réessayer plus tard.',
    'rate-limited/too-many-login-attempts':
      'Trop de tentatives de connexion. Veuillez réessayer dans une minute.',
    'rate-limited/too-many-requests': 'Trop de requêtes. Veuillez réessayer dans une minute.',
    'site-configuration/no-account-for-site': 'Il n’y a pas de compte à cette adresse.',
    'service-unavailable/identity-provider-unavailable':
      'Le fournisseur d’identité ne répond pas pour le moment. Réessayez dans une minute.',
    'service-unavailable/second-factor-unavailable':
      'Le service qui vérifie ce second facteur ne répond pas. Réessayez bientôt, ou utilisez un autre moyen.',
    'service-unavailable/not-configured':
      'Ce service n’est pas encore configuré. Son journal indique ce qui manque.',
    'service-unavailable/resolver-unavailable':
      'Le système de noms de domaine ne répond pas pour l’instant. Réessayez dans un moment.',
    'service-unavailable/storage-unavailable':
      'Notre stockage ne répond pas pour l’instant. Réessayez dans un moment.',
    'service-unavailable/unexpected':
      'Une erreur s’est produite de notre côté. Réessayez et, si elle persiste, indiquez le numéro de la requête.',
  },
  modelErrors: {
    'email-malformed':
      'Ce n’est pas une adresse e-mail à laquelle on peut écrire, comme jane@example.com.',
    'username-stays':
      'Un nom d’utilisateur ne change pas. Créez un autre utilisateur et supprimez celui-ci.',
    'strategy-missing':
      'Qui se connecte par authentification unique a besoin d’une stratégie du site.',
    'strategy-unknown': 'Le site n’a pas cette stratégie d’authentification unique.',
    'time-zone-unknown': 'Ce n’est pas un fuseau horaire comme Europe/Paris.',
    'language-unknown': 'Les textes existent en en, de, es et fr.',
    'instant-malformed': 'Ce doit être une date avec l’heure, par exemple 2027-01-31T12:00:00Z.',
    'day-impossible': 'Le {day} n’existe pas. Vérifiez le jour et le mois.',
    'address-list-excludes-you':
      'L’adresse que vous utilisez n’est pas dans la liste : vous vous excluriez.',
    'address-list-malformed':
      'Écrivez une adresse ou un réseau par ligne, par exemple 192.0.2.7 ou 2001:db8::/32 ; 200 au plus.',
    'last-admin': 'C’est le dernier administrateur du site : nommez-en d’abord un autre.',
    'last-way-in':
      'C’est votre seul moyen de vous connecter : demandez à un administrateur d’y mettre fin.',
    'too-many-strategies': 'Il y a autant de stratégies qu’un site peut en avoir.',
    'label-taken': 'Une autre stratégie de ce fournisseur a ce libellé.',
    'issuer-address': 'Ce doit être l’adresse https publique de l’émetteur, sans requête.',
    'not-of-provider': 'Ce fournisseur ne s’en sert pas.',
    'provider-subdomain':
      'Il faut ce qui vous désigne chez le fournisseur, tel qu’il figure dans votre adresse là-bas.',
    'provider-speaks-saml':
      'SAML n’est pas encore pris en charge. La plupart de ses fournisseurs parlent aussi OpenID Connect, qui l’est.',
    'provider-has-ended':
      'Plus personne ne peut se connecter par ce fournisseur : il a mis fin à son service OpenID 2.0.',
    'provision-for-everybody':
      'Tout le monde peut avoir un compte chez ce fournisseur : indiquez les domaines (email_domains) dont les adresses vérifiées font des utilisateurs ou, pour votre propre fournisseur OpenID Connect, un groupe exigé.',
    'provision-never':
      'Ce fournisseur ne répond d’aucune adresse : il ne peut donc pas dire qui peut devenir utilisateur.',
    'secret-of-other-issuer':
      'Le secret conservé est celui de l’ancien fournisseur : envoyez aussi le nouveau.',
    'key-registered-before': 'Cette clé de sécurité est déjà enregistrée.',
    'yubikeys-are-off': 'Ce service n’accepte pas les Yubikeys.',
    'texts-are-off': 'Ce service n’envoie pas de SMS.',
    'too-many-invitations': 'Trop d’invitations ont été envoyées. Veuillez réessayer plus tard.',
    'too-many-texts': 'Trop de codes ont été envoyés aujourd’hui.',
    'phone-number-of-other-country': 'Aucun code n’est envoyé aux numéros de ce pays.',
    'phone-number-malformed':
      'Ce n’est pas un numéro de téléphone ; écrivez-le avec + et l’indicatif du pays.',
    'factors-too-many': 'Il y a trop de méthodes ; retirez-en une d’abord.',
    'factor-code-wrong': 'Le code n’est pas bon.',
    'factor-not-allowed': 'Le site n’autorise pas cette méthode.',
    'logo-unreadable': 'L’image doit être un PNG, JPEG ou WebP de 32 Kio au plus.',
    'color-malformed': 'Une couleur s’écrit avec # et six chiffres hexadécimaux.',
    'path-malformed': 'Indiquez le chemin d’un dossier, par exemple projets/2027.',
    'wider-than-parent':
      'Cette clé a été créée par une autre clé d’API et ne peut pas avoir plus de droits qu’elle. Créez plutôt une nouvelle clé.',
    'too-many-keys': 'Un utilisateur peut avoir 100 clés d’API. Supprimez-en une qui ne sert plus.',
    'expires-in-the-past': 'L’expiration doit être dans le futur.',
    'email-missing': 'Il faut pour cela une adresse électronique.',
    'domain-malformed': 'Ce n’est pas un nom de domaine comme files.example.com.',
    'domain-reserved': 'Ce domaine appartient au service lui-même.',
    'domain-taken':
      'Un autre site utilise ce domaine ou l’a abandonné au cours des 90 derniers jours.',
    'domain-unproved':
      'L’enregistrement TXT qui prouve que ce domaine est le vôtre est encore introuvable.',
    'password-hash-too-costly':
      'Vérifier ce hachage demande plus de travail qu’une connexion n’en permet ici : bcrypt jusqu’au coût 12, PBKDF2 jusqu’à 1 000 000 tours, crypt jusqu’à 50 000, scrypt jusqu’à 32 Mio, Argon2id jusqu’à 64 Mio. L’utilisateur doit définir un nouveau mot de passe.',
    'password-hash-unknown-format':
      'Ce n’est pas un hachage avec lequel des mots de passe peuvent être vérifiés ici. Le guide d’exploitation énumère les formats.',
    'password-holds-name':
      'Ne composez pas le mot de passe avec l’identifiant, l’adresse électronique ou le nom du site.',
    'password-is-breached':
      'Ce mot de passe figure dans une liste de mots de passe volés ailleurs. Choisissez-en un autre.',
    'password-is-common':
      'C’est l’un des mots de passe essayés en premier. Choisissez-en un autre.',
    'password-lacks-letter': 'Un mot de passe comporte une lettre.',
    'password-lacks-mixed': 'Un mot de passe comporte une majuscule et une minuscule.',
    'password-lacks-number': 'Un mot de passe comporte un chiffre.',
    'password-lacks-special':
      'Un mot de passe comporte un caractère qui n’est ni une lettre ni un chiffre.',
    'password-of-no-use': 'Cet utilisateur ne se connecte pas par mot de passe.',
    'second-factor-impossible':
      'Un second facteur est exigé, mais aucune méthode n’est autorisée pour en configurer un.',
    'password-not-confirmed': 'Les deux mots de passe ne sont pas identiques.',
    'password-too-short': 'Un mot de passe comporte au moins {characters} caractères.',
    'password-used-before': 'Vous avez déjà eu ce mot de passe. Choisissez-en un autre.',
    'redirect-host-unknown':
      'Ce n’est pas un hôte du site. Indiquez l’hôte de son sous-domaine ou son domaine vérifié.',
    'redirect-host-untested':
      'Aucune connexion de test n’a réussi sur cet hôte depuis une heure. Faites-en une d’abord.',
    'host-has-keys':
      'Utilisateurs dont les clés de sécurité ou passkeys ne fonctionnent que sur cet hôte : {count}. Demandez-leur d’en enregistrer d’autres d’abord, ou confirmez la modification avec confirm_key_loss : il leur faudra alors une autre méthode ou un code de récupération.',
    'host-receives-logins':
      'L’authentification unique ({labels}) reçoit ses connexions sur cet hôte et cesserait de fonctionner. Déplacez-la d’abord vers un autre hôte, ou confirmez la modification avec confirm_sso_stop.',
    'subdomain-malformed':
      'Un sous-domaine comporte des lettres, des chiffres et des tirets, 63 au plus, sans tiret au début ni à la fin.',
    'subdomain-reserved': 'Ce sous-domaine est réservé.',
    'subdomain-taken':
      'Un autre site utilise ce sous-domaine ou l’a abandonné au cours des 90 derniers jours. Choisissez-en un autre.',
    'username-is-foreign-address':
      'Une adresse électronique ne peut être que l’identifiant de son propriétaire vérifié.',
    'username-malformed':
      'Un nom d’utilisateur ne peut pas être vide ni se réduire à un ou deux points.',
    'username-unseen':
      'Un nom d’utilisateur ne peut pas contenir de caractères invisibles. Supprimez {character}.',
    'username-spaces': 'Séparez les parties d’un nom d’utilisateur par une seule espace ordinaire.',
    'username-not-plain':
      'Un nom d’utilisateur ne peut pas contenir de formes spéciales de lettres. Écrivez-le « {plain} ».',
    'username-mixed-scripts':
      'Un nom d’utilisateur ne peut pas mélanger les lettres de plusieurs écritures, comme le latin et le cyrillique.',
    'username-looks-alike':
      'Ce nom d’utilisateur ressemble à celui d’un autre utilisateur de ce site.',
    'username-taken': 'Cet identifiant est déjà pris.',
  },
}
