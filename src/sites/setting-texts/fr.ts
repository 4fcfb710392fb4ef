import type { RuleTexts } from '../setting-texts.ts'

export const fr: RuleTexts = {
  rules: {
    session_expiry: [
      'Heures avant la fin d’une session inutilisée',
      '6 est courant. Moins est plus sûr sur des postes partagés.',
    ],
    session_pinned_by_ip: [
      'Une session ne vaut que là où elle a commencé',
      'Qui change de réseau doit se reconnecter.',
    ],
    allowed_ips: [
      'Adresses d’où l’on peut venir',
      'Une adresse ou un réseau par ligne. Vide : de partout. La vôtre doit en être.',
    ],
    opt_out_global: [
      'Le site reste dans sa région',
      'On se connecte à l’adresse de la région seulement. Non coché : de partout.',
    ],
    disable_users_from_inactivity_period_days: [
      'Jours d’absence qui excluent',
      '0 : jamais. Qui utilise une session ou une clé n’est pas absent. Activer réadmet ; les administrateurs restent.',
    ],
    password_min_length: [
      'Longueur minimale d’un mot de passe',
      '15 est conseillé. Les actuels restent.',
    ],
    password_require_letter: [
      'Un mot de passe a besoin d’une lettre',
      'La longueur fait plus : mieux vaut ne pas cocher.',
    ],
    password_require_mixed: [
      'Un mot de passe a besoin de majuscules et de minuscules',
      'La longueur fait plus : mieux vaut ne pas cocher.',
    ],
    password_require_number: [
      'Un mot de passe a besoin d’un chiffre',
      'La longueur fait plus : mieux vaut ne pas cocher.',
    ],
    password_require_special: [
      'Un mot de passe a besoin d’un autre caractère',
      'La longueur fait plus : mieux vaut ne pas cocher.',
    ],
    password_validity_days: [
      'Jours avant de devoir changer le mot de passe',
      '0 : jamais, ce qui est conseillé aujourd’hui.',
    ],
    max_prior_passwords: [
      'Derniers mots de passe à ne pas reprendre',
      '0 est courant. 24 au plus.',
    ],
    disable_password_reset: [
      'Personne ne réinitialise seul son mot de passe',
      'Il faut alors demander à un administrateur.',
    ],
    user_lockout: [
      'Bloquer après des échecs',
      'Mieux vaut cocher : qui devine est arrêté. Une adresse connue reste ouverte.',
    ],
    user_lockout_tries: ['Échecs qui bloquent', '10 est courant.'],
    user_lockout_within: ['Heures sur lesquelles comptent les échecs', '1 est courant.'],
    user_lockout_lock_period: ['Heures que dure le blocage', '1 est courant.'],
    require_2fa: [
      'Un second facteur est nécessaire',
      'Qui n’en a pas en met un en place à la connexion.',
    ],
    require_2fa_user_type: ['Qui a besoin d’un second facteur', 'S’il en faut un.'],
    require_2fa_stop_time: ['Un second facteur est nécessaire jusqu’au', 'Vide : toujours.'],
    allowed_2fa_method_totp: [
      'Les applications d’authentification sont admises',
      'Elles n’ont pas besoin de réseau.',
    ],
    allowed_2fa_method_u2f: [
      'Les clés de sécurité sont admises',
      'Le plus sûr : rien à hameçonner. Les passkeys en sont.',
    ],
    allowed_2fa_method_yubi: [
      'Les Yubikeys sont admises',
      'Celles qui tapent un mot de passe à usage unique.',
    ],
    allowed_2fa_method_sms: [
      'Les codes par SMS sont admis',
      'Le moins sûr : des numéros sont volés.',
    ],
    api_keys_manage_credentials: [
      'Les clés d’API peuvent gérer les clés, les utilisateurs et les réglages',
      'Des programmes comme Terraform en ont besoin : ils utilisent la clé d’API d’un administrateur. Aucune clé ne peut créer d’administrateur ni modifier les identifiants d’un administrateur. Recommandé : désactivé si vous n’utilisez aucun de ces programmes.',
    ],
    desktop_app: [
      'Des applications de bureau peuvent être liées',
      'Désactivé : celles qui le sont s’arrêtent aussitôt.',
    ],
    desktop_app_session_ip_pinning: [
      'Les applications ne valent que dans un réseau',
      'Qui change de réseau doit les lier de nouveau.',
    ],
    desktop_app_session_lifetime: [
      'Heures avant de devoir lier de nouveau une application',
      '720 est courant. 0 : jamais.',
    ],
    language: ['Langue', 'Pour les utilisateurs qui n’en ont pas choisi.'],
    login_help_text: ['Aide sur la page de connexion', 'Par exemple, à qui demander.'],
    welcome_email_enabled: [
      'Les nouveaux utilisateurs sont salués par courriel',
      'Les invitations à choisir un mot de passe partent toujours.',
    ],
    ssl_required: [
      'Le chiffrement est nécessaire',
      'Pour d’autres protocoles, comme FTP. Mieux vaut cocher.',
    ],
    tls_disabled: [
      'L’ancien chiffrement est admis aussi',
      'Pour d’autres protocoles. Mieux vaut ne pas cocher.',
    ],
    use_provided_modified_at: [
      'Les dates des fichiers sont gardées',
      'Pour d’autres protocoles : les fichiers gardent les dates de leur envoi.',
    ],
    windows_mode_ftp: [
      'FTP liste les fichiers comme Windows',
      'Pour d’anciens programmes qui le demandent.',
    ],
  },
  groups: {
    sessions: 'Sessions, et d’où',
    passwords: 'Mots de passe',
    lockout: 'Essais manqués',
    factors: 'Seconds facteurs',
    keys: 'Clés d’API',
    apps: 'Applications de bureau',
    people: 'Ce qu’on lit',
    protocols: 'Autres protocoles',
  },
  all: 'Tous',
  siteAdmins: 'Administrateurs seulement',
  callers: 'Celle du navigateur',
}
