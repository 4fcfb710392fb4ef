import type { RuleTexts } from '../setting-texts.ts'

export const es: RuleTexts = {
  rules: {
    session_expiry: [
      'Horas hasta que termina una sesión sin uso',
      'Lo habitual son 6. Menos es más seguro en equipos compartidos.',
    ],
    session_pinned_by_ip: [
      'Una sesión solo vale donde empezó',
      'Quien cambia de red debe iniciar sesión de nuevo.',
    ],
    allowed_ips: [
      'Direcciones desde las que pueden entrar',
      'Una dirección o red por línea. Vacío: desde cualquiera. La suya debe estar.',
    ],
    opt_out_global: [
      'El sitio se queda en su región',
      'Solo se entra en la dirección de la región. Sin marcar: desde cualquier parte.',
    ],
    disable_users_from_inactivity_period_days: [
      'Días de ausencia que dejan fuera a un usuario',
      '0: nunca. Quien usa una sesión o una clave no está ausente. Activar le deja entrar; los administradores no salen.',
    ],
    password_min_length: [
      'Longitud mínima de una contraseña',
      'Se aconsejan 15. Las actuales se mantienen.',
    ],
    password_require_letter: [
      'Una contraseña necesita una letra',
      'Más vale la longitud: mejor sin marcar.',
    ],
    password_require_mixed: [
      'Una contraseña necesita mayúsculas y minúsculas',
      'Más vale la longitud: mejor sin marcar.',
    ],
    password_require_number: [
      'Una contraseña necesita una cifra',
      'Más vale la longitud: mejor sin marcar.',
    ],
    password_require_special: [
      'Una contraseña necesita otro carácter',
      'Más vale la longitud: mejor sin marcar.',
    ],
    password_validity_days: [
      'Días hasta que hay que cambiar la contraseña',
      '0: nunca, que es lo aconsejado hoy.',
    ],
    max_prior_passwords: [
      'Últimas contraseñas que no pueden repetirse',
      'Lo habitual es 0. Como mucho 24.',
    ],
    disable_password_reset: [
      'Nadie restablece solo su contraseña',
      'Hay que pedirlo a un administrador.',
    ],
    user_lockout: [
      'Bloquear tras fallos',
      'Mejor marcado: detiene a quien adivina. Una dirección conocida queda abierta.',
    ],
    user_lockout_tries: ['Fallos que bloquean', 'Lo habitual son 10.'],
    user_lockout_within: ['Horas durante las que cuentan los fallos', 'Lo habitual es 1.'],
    user_lockout_lock_period: ['Horas que dura el bloqueo', 'Lo habitual es 1.'],
    require_2fa: ['Hace falta un segundo factor', 'Quien no lo tiene lo configura al entrar.'],
    require_2fa_user_type: ['Quién necesita un segundo factor', 'Si es que hace falta.'],
    require_2fa_stop_time: ['El segundo factor hace falta hasta', 'Vacío: siempre.'],
    allowed_2fa_method_totp: ['Se admiten aplicaciones de autenticación', 'No necesitan red.'],
    allowed_2fa_method_u2f: [
      'Se admiten llaves de seguridad',
      'Lo más seguro: no se pueden pescar. Las passkeys también lo son.',
    ],
    allowed_2fa_method_yubi: [
      'Se admiten Yubikeys',
      'Las que teclean una contraseña de un solo uso.',
    ],
    allowed_2fa_method_sms: [
      'Se admiten códigos por mensaje de texto',
      'Lo menos seguro: los números se roban.',
    ],
    api_keys_manage_credentials: [
      'Las claves de API pueden gestionar claves, usuarios y ajustes',
      'Lo necesitan programas como Terraform, que usan la clave de API de un administrador. Ninguna clave puede crear administradores ni cambiar sus credenciales. Recomendado: desactivado si no usa ninguno de esos programas.',
    ],
    desktop_app: [
      'Se pueden vincular aplicaciones de escritorio',
      'Desactivado: las vinculadas se detienen de inmediato.',
    ],
    desktop_app_session_ip_pinning: [
      'Las aplicaciones solo valen en una red',
      'Quien cambia de red debe vincularlas de nuevo.',
    ],
    desktop_app_session_lifetime: [
      'Horas hasta vincular de nuevo una aplicación',
      'Lo habitual son 720. 0: nunca.',
    ],
    language: ['Idioma', 'Para los usuarios que no han elegido ninguno.'],
    login_help_text: ['Ayuda en la página de inicio de sesión', 'Por ejemplo, a quién preguntar.'],
    welcome_email_enabled: [
      'Se saluda por correo a los usuarios nuevos',
      'Las invitaciones a elegir una contraseña se envían siempre.',
    ],
    ssl_required: ['Hace falta cifrado', 'Para otros protocolos, como FTP. Mejor marcado.'],
    tls_disabled: ['También vale el cifrado antiguo', 'Para otros protocolos. Mejor sin marcar.'],
    use_provided_modified_at: [
      'Se conservan las fechas de los archivos',
      'Para otros protocolos: los archivos conservan las fechas con que llegan.',
    ],
    windows_mode_ftp: [
      'FTP lista los archivos como Windows',
      'Para programas antiguos que lo piden.',
    ],
  },
  groups: {
    sessions: 'Sesiones, y desde dónde',
    passwords: 'Contraseñas',
    lockout: 'Intentos fallidos',
    factors: 'Segundos factores',
    keys: 'Claves de API',
    apps: 'Aplicaciones de escritorio',
    people: 'Lo que se lee',
    protocols: 'Otros protocolos',
  },
  all: 'Todos',
  siteAdmins: 'Solo administradores',
  callers: 'El del navegador',
}
