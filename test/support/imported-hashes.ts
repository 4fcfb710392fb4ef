/** The password of the hashes below. */
export const importedPassword = 'pässwörd 🔑'

/** Created by the systems themselves: name, version, hash. */
export const hashesOfOtherSystems: readonly (readonly [system: string, hash: string])[] = [
  ['pyca/bcrypt 5.0', '$2b$04$LrohKBNZ03qBdLvBwp7E7ePmQu7f8DAf/XjkfsAJXOpy1A7nCzHqG'],
  ['pyca/bcrypt 5.0, 2a', '$2a$04$JRHzkpgoVYuAmAky8/t0XuEGh1Z/ZTgyMTUnyW53MH8a4arB80ph.'],
  ['Spring', '{bcrypt}$2a$04$JRHzkpgoVYuAmAky8/t0XuEGh1Z/ZTgyMTUnyW53MH8a4arB80ph.'],
  ['OpenLDAP', '{CRYPT}$2y$04$JRHzkpgoVYuAmAky8/t0XuEGh1Z/ZTgyMTUnyW53MH8a4arB80ph.'],
  ['passlib 1.7', '$pbkdf2$1000$xvg/hzDGeC9FyLmX0vo/Zw$Lhs70OC3O2MJOGpVF9SNtim8jBg'],
  [
    'passlib 1.7',
    '$pbkdf2-sha256$1000$REjJGUNIqZUSwti7F2KMUQ$TYBrrHcurnyZ8oAKn8Bnx2uyASvhnZNXqK2Q6rgaDyA',
  ],
  [
    'passlib 1.7',
    '$pbkdf2-sha512$1000$wpiTktJa650T4vw/BwDgfA$sRuJILZifjpUlOLCpQVn4zovUKbHq5yPb/2e/tOX6LWfQ2tLtUV.3fLjhZ.ar6I.avT15jkBASjyZ4LjaiMe8A',
  ],
  ['passlib 1.7, LDAP', '{PBKDF2}1000$kLJW6r03Rsi5l5KSsnautQ$z2rJjzM7xXt42YdOnJK8jgd7tJ0'],
  [
    'passlib 1.7, LDAP',
    '{PBKDF2-SHA256}1000$.b.3NgYg5DynFGJMyTmHkA$Id9v3aH.6eZnfeyFj21liqpfsSUTelehxIXS25B5Efs',
  ],
  [
    'Django 5.2',
    'pbkdf2_sha256$1000$gRbX3bIsftOKZDbOjf8v1C$ZyzFI6it9qhvQnzwB7cMgyc4rfymRrglb/lBpLfGmOg=',
  ],
  ['Django 5.2', 'pbkdf2_sha1$1000$ntN5gz9VaL5qPxoGo8Pmc4$sbqJ3qHpvWiFHmL+KUjZHSuLMUY='],
  [
    'Django 5.2',
    'scrypt$1024$seasalt$8$5$ZnFe5jRZ77TokeaD3eaK+dBvaiocuEkwpt2+BgQ8O88jXzei+b/LeLsJ/oRB4l83BlyoDK6I5Yth+vdLkMz66Q==',
  ],
  ['Django 5.2', 'bcrypt$$2b$04$4rZtQHJqEy0.XWywTbA93.MTaLiy4a7KsueZyL2jUQtJg5XvkmVni'],
  [
    'Django 5.2',
    'argon2$argon2id$v=19$m=1024,t=1,p=2$allvWGJ1bDZLQWk5WEpWQ3NFRU1Jdw$POant1Lit/f3YnvygZuZgsFK3KDdFz7R+gobkmju74g',
  ],
  [
    'Werkzeug 3',
    'pbkdf2:sha256:1000$uxT0s0k2OVM4hps1$8b9388c1372fd6c5a66edf377520e9784cf680686b2089d64d16b5e8fcc89345',
  ],
  [
    'Werkzeug 3',
    'scrypt:1024:8:1$ZEGqYB57mLbu1fVz$96ef5ff87c9fd90183e4de09c390a938d42e3ac5fc73f8af0813639ff131131d346dc899307df7422d014b713df99af544bc5f32dcfed81bdb0b6bb8f7b8d141',
  ],
  [
    'Werkzeug 3, its default',
    'scrypt:32768:8:1$UmjXIu6VLgPrh5qE$ff81e49554e3d8852e24c18b4b32d9ff3e6f7fd62435e05875e284a8cbdfae7868bc884f30a020a8f445302eb1ae45d40297b95fe4c7fdb2a6371a084fc53a4c',
  ],
  [
    'passlib 1.7',
    '$scrypt$ln=10,r=8,p=1$z5kTYqy1FqJUSql1zjlnbA$sUKQUAKwLDtOmF1rKD2CHO3ZbNsYnrO+VXhXIJkjrqs',
  ],
  [
    'argon2-cffi 25',
    '$argon2id$v=19$m=8192,t=2,p=4$H9FP0/IMKFNQPcNyrVocuA$cegL8uLHE3/cICbN22o0LyRh1VIwX15lt/wDQPkBr/U',
  ],
  [
    'argon2-cffi 25, its default',
    '$argon2id$v=19$m=65536,t=3,p=4$9poPTdJbzQjuUkKEm0kBhA$SZgD41MLMcsvsizMOo+tdWx+ZLCsttrnRnNq0sdyFLY',
  ],
  [
    'Python, SHA-1, one round more than Web Crypto takes',
    'pbkdf2_sha1$100001$salt$CqzQDHzQVsrGK+6Dsb7oNuEpr6E=',
  ],
  [
    'Python, SHA-256, two blocks',
    'pbkdf2:sha256:100001$salt$adc9482c17a824270ecdd871642faac302ba60597f7e3124453cf40362fbf2e65049bcacece2c99cff71a11fae76c1db595898db2622c8ff44f3030cd5cdcaec',
  ],
  [
    'Python, SHA-512',
    'pbkdf2:sha512:100001$salt$b4703e9a9db3181c49dc00322bcbbcdaacc021fd2a59f317e95995bd3c0770ae29f0498ac49d3e027f419e9a1d544b487ce62ed4a6561d9c354169c6e18ec9b0',
  ],
  ['libxcrypt 4.4', '$1$abcdefgh$qS1QEQA92t/FrcEgsbaGQ/'],
  ['libxcrypt 4.4', '$5$rounds=1000$saltsaltsaltsalt$E3y0Qhz8IP1uQQjmxhYWXp/GsoEhsT8BdVcE72QlQR0'],
  ['libxcrypt 4.4', '$5$a$nxNR0APQmaUf13IZZpGVRKsGiVKMh/jix5tZnD/9E4C'],
  [
    'libxcrypt 4.4',
    '$6$rounds=1400$anotherlongsalts$lwleCjX4ieuvE/koHYXcss9s0O.Tbsk/35LFZqC7o2T5XXAYCY4NMrjZfPDeHNqEwwYdTMrfdk.tKaXWQvrsk/',
  ],
  [
    'libxcrypt 4.4, no salt',
    '$6$rounds=2001$$IjS5sjwlEt3nGmSVyDET0raxwLQ12kWcxhWPBkdDwWkPPbWjXWrvh9BCz1E8Iq8r7mLGjyXJufsLsNWqP.dDZ0',
  ],
  [
    'WordPress 6.8’s method, by libxcrypt',
    '$wp$2y$04$abcdefghijklmnopqrstuuO.IoIYQ3dDArlcFHrGmeTxob7lzqYym',
  ],
  ['OpenSSL 3, as Apache', '$apr1$abcdefgh$l6xbSP0q/kFWc0Yz2gLdQ/'],
  ['OpenSSL', '{SSHA256}zmyElAazISG3YyAuQhA0pCMtPBBHPAvu7TLjzw0k30pOYUNsTmFDbA=='],
  [
    'OpenSSL',
    '{SSHA512}rPdZG6Mwj7S1muCvaAA38yKmlSE9PocR814/Zrp4CvOhB3/ig0AoJ1xK4LtF8kn45TmMoBba9oyCb2ikdrCYBE5hQ2xOYUNs',
  ],
  ['passlib 1.7', '{SSHA256}4j9nS1KXhJo78O0wYm/nsjmd03ODK0HPe5YSG9Itr1x6r5XyvleKEQ=='],
  ['passlib 1.7', '{SSHA}3Dro23UNLB4baRpWKiuTOJYmx5B8Twlh'],
  ['passlib 1.7', '{SMD5}NH/DU+lL9fXgni/FiFoz+kFordU='],
  ['passlib 1.7', '{SHA}NMZJkw1HwGyxKINTRJnIUxvrCb0='],
  ['passlib 1.7', '{MD5}St9ANYRy696H/wtcV1WGOA=='],
  ['passlib 1.7, in hex', '{MD5}4adf40358472ebde87ff0b5c57558638'],
]
