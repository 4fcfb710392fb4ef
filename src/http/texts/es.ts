import type { Texts } from '../languages.ts'

export const es: Texts = {
  problems: {
    'bad-request/invalid-logout-token': 'Este token de cierre de sesión no es válido.',
    'bad-request/invalid-oauth-provider':
      'Este proveedor de identidad no existe o no está configurado para el sitio.',
    'bad-request/https-required': 'Esta API solo se ofrece por HTTPS.',
    'bad-request/invalid-body': 'No se pudo leer el cuerpo de la petición: {detail}.',
    'bad-request/invalid-input-encoding':
      'La dirección de la petición no es UTF-8 válido con codificación porcentual. Envíe el signo de porcentaje como %25.',
    'bad-request/invalid-interface': 'La interfaz es una de web, desktop, mobile.',
    'bad-request/method-not-allowed': 'Esta dirección no acepta peticiones {method}.',
    'bad-request/request-params-invalid': 'Parámetro no válido: {name}',
    'bad-request/request-params-required': 'Falta el parámetro obligatorio: {name}',
    'bad-request/unsupported-media-type':
      'Envíe los parámetros como application/json, application/x-www-form-urlencoded o multipart/form-data.',
    'not-authenticated/invalid-oauth':
      'El inicio de sesión con el proveedor de identidad no ha funcionado. Empiece de nuevo.',
    'not-authenticated/two-factor-authentication-setup-expired':
      'La configuración ha tardado más de 10 minutos. Empiécela de nuevo.',
    'not-authenticated/two-factor-authentication-error':
      '2FA Authentication error: dé un código de su segundo factor ({methods}).',
    'not-authenticated/one-time-password-incorrect': 'El código no es correcto o ya se usó.',
    'not-authenticated/passkey-offer-expired':
      'Esta página estuvo abierta demasiado tiempo. Inténtelo de nuevo.',
    'not-authenticated/invalid-session':
      'Este paso ha tardado demasiado o hubo demasiados códigos erróneos. Entre de nuevo.',
    'not-authenticated/api-key-sessions-not-supported':
      'Una clave de API no inicia ninguna sesión. Envíela como X-FilesAPI-Key en cada solicitud.',
    'not-authenticated/authentication-required':
      'Inicie sesión primero: esta petición no lleva ninguna credencial.',
    'not-authenticated/invalid-credentials':
      'La clave de API o el token de sesión enviado no permite validar esta petición.',
    'not-authenticated/invalid-or-expired-code':
      'Este código no es válido o ya no lo es. Pida un enlace nuevo.',
    'not-authenticated/invalid-username-or-password': 'Usuario o contraseña incorrectos',
    'not-authenticated/locked-out':
      'Demasiados intentos fallidos. Vuelva a intentarlo después de {until}.',
    'not-authenticated/lockout-region-mismatch':
      'Este sitio solo se atiende en su propia región. Envíe sus peticiones a {host}.',
    'not-authorized/self-managed-required':
      'Esto necesita la sesión de una persona: entre con usuario y contraseña.',
    'not-authorized/desktop-app-of-other-network':
      'La aplicación está en otra red que usted, y su sitio no lo permite.',
    'not-authorized/desktop-apps-are-off': 'Su sitio no permite aplicaciones de escritorio.',
    'not-authorized/insufficient-permission-for-params':
      'No tiene permiso para cambiar esto ({name}). Una clave de API no puede hacer todo lo que puede su propietario: inicie sesión para hacerlo.',
    'not-authorized/cant-act-for-other-user': 'Esto solo se puede hacer para uno mismo.',
    'not-authorized/reauthentication-needed-action':
      'Confírmelo con su contraseña (cabecera X-Files-Reauthentication: password:…).',
    'not-authorized/reauthentication-failed': 'La contraseña no es correcta.',
    'not-authorized/must-authenticate-with-api-key':
      'Esto trata de la clave de API en uso: envíe una, y ninguna sesión.',
    'not-authorized/api-key-only-for-desktop-app':
      'La clave de una aplicación de escritorio no puede hacer esto.',
    'not-authorized/cannot-login-while-using-key':
      'No se puede iniciar sesión enviando una clave de API. Quítela de esta petición.',
    'not-authorized/cross-site-request':
      'Este formulario no se envió desde una página nuestra. Abra la página de nuevo, por favor.',
    'not-authorized/form-of-another-session':
      'Esta página se abrió en una sesión anterior, así que no se ha cambiado nada. Vuelva a abrirla para continuar como {username}.',
    'not-authorized/form-outdated':
      'Esta página ha estado abierta demasiado tiempo, así que no se ha cambiado nada. Vuelva a abrirla y repita la operación.',
    'not-authorized/contact-admin-for-password-change-help':
      'Las contraseñas de este sitio las restablece su administrador. Consúltele, por favor.',
    'not-authorized/password-change-not-required':
      'Esta contraseña no tiene que cambiarse. Inicie sesión sin change_password.',
    'not-authorized/password-change-required':
      'Elija una contraseña nueva: repita el inicio de sesión con ella en change_password.',
    'not-authorized/two-factor-authentication-required':
      'Configure primero la autenticación en dos pasos.',
    'not-authorized/user-id-without-site-admin':
      'Solo un administrador del sitio puede nombrar a otro usuario.',
    'not-authorized/read-only-session': 'Esta sesión puede consultar, pero no cambiar nada.',
    'not-authorized/site-admin-required': 'Solo un administrador del sitio puede hacer esto.',
    'not-found/sso-strategy-not-found': 'Esta estrategia de inicio de sesión único no existe.',
    'not-found/sso-identity-not-found': 'Este vínculo con un proveedor no existe.',
    'not-found/two-factor-method-not-found': 'Este método de dos factores no existe.',
    'not-found/code-not-found':
      'Esta vinculación no existe: aún no aprobada, usada o demasiado antigua. Empiece de nuevo desde la aplicación.',
    'not-found/api-key-not-found': 'Esta clave de API no existe.',
    'not-found/not-found': 'No hay nada en esta dirección.',
    'not-found/session-not-found': 'Esta sesión no existe o ha terminado.',
    'not-found/site-not-found': 'Este sitio no existe.',
    'not-found/user-not-found': 'Este usuario no existe.',
    'processing-failure/two-factor-authentication-code-already-sent':
      'Hace menos de un minuto se envió un código. Espérelo o pídalo más tarde.',
    'processing-failure/failed-to-change-password':
      'La contraseña no se cambió: su cuenta cambió al mismo tiempo. Inténtelo de nuevo.',
    'processing-failure/model-save-error': 'No se guardó. {errors}',
    'rate-limited/reauthentication-rate-limited':
      'Demasiadas contraseñas incorrectas. Inténtelo más tarde.',
    'rate-limited/too-many-login-attempts':
      'Demasiados intentos de inicio de sesión. Vuelva a intentarlo dentro de un minuto.',
    'rate-limited/too-many-requests':
      'Demasiadas solicitudes. Vuelva a intentarlo dentro de un minuto.',
    'site-configuration/no-account-for-site': 'No hay ninguna cuenta en esta dirección.',
    'service-unavailable/identity-provider-unavailable':
      'El proveedor de identidad no responde en este momento. Inténtelo de nuevo dentro de un minuto.',
    'service-unavailable/second-factor-unavailable':
      'El servicio que comprueba este segundo factor no responde. Inténtelo pronto de nuevo o use otro medio.',
    'service-unavailable/not-configured':
      'Este servicio aún no está configurado. Su registro dice qué falta.',
    'service-unavailable/resolver-unavailable':
      'El sistema de nombres de dominio no responde ahora mismo. Inténtelo de nuevo en unos instantes.',
    'service-unavailable/storage-unavailable':
      'Nuestro almacenamiento no responde ahora mismo. Inténtelo de nuevo en unos instantes.',
    'service-unavailable/unexpected':
      'Algo ha fallado por nuestra parte. Inténtelo de nuevo y, si continúa, indique el número de la petición.',
  },
  modelErrors: {
    'email-malformed':
      'No es una dirección de correo a la que se pueda enviar correo, como jane@example.com.',
    'username-stays': 'Un nombre de usuario no cambia. Cree otro usuario y elimine este.',
    'strategy-missing': 'Quien entra con inicio de sesión único necesita una estrategia del sitio.',
    'strategy-unknown': 'El sitio no tiene esa estrategia de inicio de sesión único.',
    'time-zone-unknown': 'No es una zona horaria como Europe/Madrid.',
    'language-unknown': 'Los textos están en en, de, es y fr.',
    'instant-malformed': 'Debe ser una fecha con hora, como 2027-01-31T12:00:00Z.',
    'day-impossible': 'El {day} no existe. Compruebe el día y el mes.',
    'address-list-excludes-you':
      'La dirección que usa ahora no está en la lista: se quedaría fuera.',
    'address-list-malformed':
      'Escriba una dirección o red por línea, como 192.0.2.7 o 2001:db8::/32; 200 como máximo.',
    'last-admin': 'Es el último administrador del sitio: nombre antes a otro.',
    'last-way-in': 'Es la única manera en que inicia sesión: pida a un administrador que la quite.',
    'too-many-strategies': 'Hay tantas estrategias como puede tener un sitio.',
    'label-taken': 'Otra estrategia de este proveedor tiene esta etiqueta.',
    'issuer-address': 'Debe ser la dirección https pública del emisor, sin consulta.',
    'not-of-provider': 'Este proveedor no lo usa.',
    'provider-subdomain':
      'Hace falta lo que le identifica en el proveedor, tal como está en su dirección allí.',
    'provider-speaks-saml':
      'SAML todavía no se admite. La mayoría de sus proveedores hablan también OpenID Connect, que sí se admite.',
    'provider-has-ended':
      'Ya nadie puede iniciar sesión con este proveedor: ha terminado su servicio OpenID 2.0.',
    'provision-for-everybody':
      'Cualquiera puede tener una cuenta en este proveedor: indique los dominios (email_domains) de cuyas direcciones verificadas se crean usuarios o, si es un proveedor propio de OpenID Connect, un grupo obligatorio.',
    'provision-never':
      'Este proveedor no responde de ninguna dirección, así que no puede decir quién puede ser usuario.',
    'secret-of-other-issuer':
      'El secreto guardado es del proveedor anterior: envíe también el nuevo.',
    'key-registered-before': 'Esta llave de seguridad ya está registrada.',
    'yubikeys-are-off': 'Este servicio no acepta Yubikeys.',
    'texts-are-off': 'Este servicio no envía mensajes de texto.',
    'too-many-invitations': 'Se han enviado demasiadas invitaciones. Inténtelo de nuevo más tarde.',
    'too-many-texts': 'Hoy se han enviado demasiados códigos.',
    'phone-number-of-other-country': 'No se envían códigos a números de este país.',
    'phone-number-malformed': 'No es un número de teléfono; escríbalo con + y el prefijo del país.',
    'factors-too-many': 'Hay demasiados métodos; quite uno antes.',
    'factor-code-wrong': 'El código no es correcto.',
    'factor-not-allowed': 'El sitio no permite este método.',
    'logo-unreadable': 'La imagen debe ser PNG, JPEG o WebP y tener como máximo 32 KiB.',
    'color-malformed': 'Un color se escribe con # y seis cifras hexadecimales.',
    'path-malformed': 'Escriba la ruta de una carpeta, por ejemplo proyectos/2027.',
    'wider-than-parent':
      'Esta clave fue creada por otra clave de API y no puede tener más permisos que ella. Cree una clave nueva.',
    'too-many-keys': 'Un usuario puede tener 100 claves de API. Elimine una que no se necesite.',
    'expires-in-the-past': 'La caducidad debe estar en el futuro.',
    'email-missing': 'Para esto hace falta una dirección de correo.',
    'domain-malformed': 'No es un nombre de dominio como files.example.com.',
    'domain-reserved': 'Este dominio pertenece al propio servicio.',
    'domain-taken': 'Otro sitio usa este dominio o lo dejó en los últimos 90 días.',
    'domain-unproved':
      'Aún no se encuentra el registro TXT que demuestra que este dominio es suyo.',
    'password-hash-too-costly':
      'Comprobar este hash cuesta más de lo que se permite aquí en un inicio de sesión: bcrypt hasta coste 12, PBKDF2 hasta 1.000.000 de rondas, crypt hasta 50.000, scrypt hasta 32 MiB, Argon2id hasta 64 MiB. El usuario debe definir una contraseña nueva.',
    'password-hash-unknown-format':
      'No es un hash con el que aquí se puedan comprobar contraseñas. La guía de operación enumera los formatos.',
    'password-holds-name':
      'No forme la contraseña con el usuario, la dirección de correo o el nombre del sitio.',
    'password-is-breached':
      'Esta contraseña está en una lista de contraseñas robadas en otros lugares. Elija otra.',
    'password-is-common': 'Esta es una de las contraseñas que se prueban primero. Elija otra.',
    'password-lacks-letter': 'La contraseña necesita una letra.',
    'password-lacks-mixed': 'La contraseña necesita una mayúscula y una minúscula.',
    'password-lacks-number': 'La contraseña necesita una cifra.',
    'password-lacks-special': 'La contraseña necesita un carácter que no sea letra ni cifra.',
    'password-of-no-use': 'Este usuario no inicia sesión con contraseña.',
    'second-factor-impossible':
      'Se exige un segundo factor y no se permite ningún método para configurarlo.',
    'password-not-confirmed': 'Las dos contraseñas no son iguales.',
    'password-too-short': 'La contraseña necesita al menos {characters} caracteres.',
    'password-used-before': 'Ya ha tenido esta contraseña. Elija otra.',
    'redirect-host-unknown':
      'Este no es un host del sitio. Indique el host de su subdominio o su dominio verificado.',
    'redirect-host-untested':
      'En la última hora no ha funcionado ningún inicio de sesión de prueba en este host. Haga uno primero.',
    'host-has-keys':
      'Usuarios cuyas llaves de seguridad o passkeys solo funcionan en este host: {count}. Pídales que registren otras antes, o confirme el cambio con confirm_key_loss: entonces necesitarán otro método o un código de recuperación.',
    'host-receives-logins':
      'El inicio de sesión único ({labels}) recibe sus inicios de sesión en este host y dejaría de funcionar. Cámbielo antes a otro host o confirme el cambio con confirm_sso_stop.',
    'subdomain-malformed':
      'Un subdominio tiene letras, cifras y guiones, 63 como máximo, y ningún guion al principio o al final.',
    'subdomain-reserved': 'Este subdominio está reservado.',
    'subdomain-taken':
      'Otro sitio usa este subdominio o lo dejó en los últimos 90 días. Elija otro.',
    'username-is-foreign-address':
      'Una dirección de correo solo puede ser el usuario de su propietario verificado.',
    'username-malformed': 'Un nombre de usuario no puede estar vacío ni ser solo uno o dos puntos.',
    'username-unseen':
      'Un nombre de usuario no puede contener caracteres invisibles. Quite {character}.',
    'username-spaces': 'Separe las partes de un nombre de usuario con un solo espacio normal.',
    'username-not-plain':
      'Un nombre de usuario no puede contener formas especiales de letras. Escríbalo «{plain}».',
    'username-mixed-scripts':
      'Un nombre de usuario no puede mezclar letras de varios alfabetos, como el latino y el cirílico.',
    'username-looks-alike': 'Este nombre de usuario se parece al de otro usuario de este sitio.',
    'username-taken': 'Este usuario ya está ocupado.',
  },
}
