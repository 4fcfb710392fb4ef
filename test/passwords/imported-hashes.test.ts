import { base64url } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { type Argon2Cost, HASH_COST } from '../../src/passwords/argon2id.ts'
import { readImportedHash } from '../../src/passwords/imported/imported-hash.ts'
import { PasswordHasher } from '../../src/passwords/password-hasher.ts'
import { Peppers } from '../../src/passwords/peppers.ts'
import { hashesOfOtherSystems, importedPassword } from '../support/imported-hashes.ts'
import { LEAST_HASH_COST } from '../support/least-hash-cost.ts'

const pepper = base64url.encode(new Uint8Array(32).fill(1))
const hasherOf = async (cost: Argon2Cost) =>
  new PasswordHasher(await Peppers.import({ 1: pepper }), { clock: () => Date.now(), cost })
/** What the other systems did is at its own cost; ours comes on top, whatever it costs. */
const hasher = await hasherOf(LEAST_HASH_COST)

async function imported(text: string, by = hasher): Promise<string> {
  const hash = readImportedHash(text)
  if (typeof hash === 'string') throw new Error(`${text}: ${hash}`)
  return by.hashImported(hash)
}

describe('An imported hash', () => {
  it.each(hashesOfOtherSystems)('of %s verifies its password and no other: %s', async (_, text) => {
    const stored = await imported(text)
    expect(await hasher.verify(importedPassword, stored)).toBe(true)
    expect(await hasher.verify(`${importedPassword} `, stored)).toBe(false)
    expect(await hasher.verify(importedPassword.normalize('NFD'), stored)).toBe(true)
    expect(await hasher.verify(importedPassword.toUpperCase(), stored)).toBe(false)
  })

  it.each(['NFC', 'NFD'] as const)(
    'of a password in %s verifies the form that another keyboard sends',
    async (form) => {
      const bytes = new TextEncoder().encode(importedPassword.normalize(form))
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
      const hex = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
      const stored = await imported(`{SHA256}${hex}`)
      for (const sent of ['NFC', 'NFD'] as const)
        expect(await hasher.verify(importedPassword.normalize(sent), stored)).toBe(true)
      expect(await hasher.verify(`${importedPassword}e\u0301`, stored)).toBe(false)
    },
  )

  it.each([
    // Openwall's crypt_blowfish, wrapper.c
    ['$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
    ['$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK', 'U*U*'],
    ['$2b$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a', 'U*U*U'],
    ['$2y$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy', ''],
    ['$2a$08$CCCCCCCCCCCCCCCCCCCCC.LuntE/dBezheibpSOXBeR3W7q5mt2NW', '>RQ7la'],
    // jBCrypt's tests
    ['$2a$10$.TtQJ4Jr6isd4Hp.mVfZeuh6Gws4rOQ/vdBczhDx.19NFK0Y84Dle', 'ππππππππ'],
    // RFC 6070
    ['pbkdf2:sha1:1$salt$0c60c80f961f0e71f3a9b524af6012062fe037a6', 'password'],
    ['pbkdf2:sha1:2$salt$ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957', 'password'],
    ['pbkdf2:sha1:4096$salt$4b007901b765489abead49d926f721d065a429c1', 'password'],
    [
      'pbkdf2:sha1:4096$saltSALTsaltSALTsaltSALTsaltSALTsalt$3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038',
      'passwordPASSWORDpassword',
    ],
    ['pbkdf2:sha1:4096$sa\0lt$56fa6aa75548099dcc37d7f03425e0c3', 'pass\0word'],
    // RFC 7914 §11
    [
      'pbkdf2:sha256:1$salt$55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783',
      'passwd',
    ],
    [
      'pbkdf2:sha256:80000$NaCl$4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d',
      'Password',
    ],
    // Python's hashlib: Django 5.2's default; OWASP's for SHA-512; a password longer than a block of the hash
    ['pbkdf2_sha256$1000000$salt$UFESpZC+YaydOiNb8KjuzqQOVGUuwOPCV8InyapeZkw=', 'password'],
    [
      'pbkdf2:sha512:210000$salt$afd45a832dc9e7f4d2c43bf634617930f239154a76eea9309db685a8514d553c6c2f0a2ac004af746e32aa8df0d3060280e398e926d07d3bf5e9cdc60fc4eb23',
      'password',
    ],
    [
      'pbkdf2:sha256:100001$salt$4950fb1efca8a61438f80561c46347573813a07c402a0254e7c94784e5900f9b',
      'x'.repeat(200),
    ],
    [
      'pbkdf2:sha256:100001$salt$6edddd9341a8890246354f811f92caad84f1a82be074afc7e72eb14f6312e41c',
      '',
    ],
    // RFC 7914 §12
    [
      '$scrypt$ln=4,r=1,p=1$$d9ZXYjhleyA7GcpCwYoEl/FrSETjB0ro39/6P+3iFEL80Aad7QlI+DJqdToPyB8X6NPg+y4NNijPNeIMONGJBg',
      '',
    ],
    [
      'scrypt:1024:8:16$NaCl$fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
      'password',
    ],
    [
      'scrypt:16384:8:1$SodiumChloride$7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
      'pleaseletmein',
    ],
    // passlib's documentation
    [
      '$pbkdf2-sha256$6400$.6UI/S.nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44',
      'password',
    ],
    ['$pbkdf2-sha256$8000$XAuBMIYQQogxRg$tRRlz8hYn63B9LYiCd6PRo6FMiunY9ozmMMI3srxeRE', 'password'],
    // Django's tests
    [
      'scrypt$16384$seasalt$8$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQG/aEB/NYafTJ7tibgfYz71m0ldQESkXFRkdVCBhhY8mx7rQwite/Pw==',
      'lètmein',
    ],
    // the reference implementation of Argon2, test.c
    [
      '$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc',
      'password',
    ],
    // RFC 2307
    ['{MD5}d41d8cd98f00b204e9800998ecf8427e', ''],
    // phpass's own test, and hashcat's
    ['$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0', 'test12345'],
    ['$P$984478476IagS59wHZvyQMArzfx58u.', 'hashcat'],
    ['$H$984478476IagS59wHZvyQMArzfx58u.', 'hashcat'],
    // Apache's documentation, and hashcat's
    ['$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/', 'myPassword'],
    ['$apr1$71850310$gh9m4xcAn3MGxogwX/ztb.', 'hashcat'],
    // passlib's documentation, and hashcat's
    ['$1$3azHgidD$SrJPt7B.9rekpmwJwtON31', 'password'],
    ['{CRYPT}$1$28772684$iEwNOgGugqO9.bIz5sk8k/', 'hashcat'],
    // Drepper's specification of SHA-crypt, and hashcat's
    ['$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5', 'Hello world!'],
    [
      '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
      'Hello world!',
    ],
    ['$5$rounds=5000$GX7BopJZJxPc/KEK$le16UF8I2Anb.rOrn22AUPWvzUETDGefUmAV8AZkGcD', 'hashcat'],
    [
      '$6$52450745$k5ka2p8bFuSmoVT1tzOyyuaREkkKBcCNqoDKzYiJL9RaE8yMnPgh2XzzF0NDrUhgrcLwg78xs1w5pJiypEdFX/',
      'hashcat',
    ],
    // Firebase's documentation of its scrypt
    [
      '$firescrypt$ln=14,r=8,p=1$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
      'user1password',
    ],
  ])('is verified as in published vectors: %s', async (text, password) => {
    const stored = await imported(text)
    expect(await hasher.verify(password, stored)).toBe(true)
    expect(await hasher.verify(`${password}!`, stored)).toBe(false)
  })

  it('of bcrypt covers the first 72 bytes, as bcrypt does everywhere', async () => {
    const known = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
    const stored = await imported('$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui')
    expect(await hasher.verify(`${known}chars after 72 are ignored`, stored)).toBe(true)
    expect(await hasher.verify(known, stored)).toBe(true)
    expect(await hasher.verify(known.slice(0, 71), stored)).toBe(false)
    // pyca/bcrypt 5.0, of 71 bytes and the first of three
    const cut = await imported('$2b$04$abcdefghijklmnopqrstuukmYhUJfaphXumK5RMmaLYs/72JqEm4q')
    expect(await hasher.verify(`${'x'.repeat(71)}€`, cut)).toBe(true)
    expect(await hasher.verify(`${'x'.repeat(71)}é`, cut)).toBe(false)
  })

  it.each([
    '$1$saltsalt$ginpzy9BacoFSwQLr8FyW.',
    '$5$rounds=1400$anotherlongsalts$RachoQubqQofJrLPhch8lq6HOnNwX3s6zS0N3VfzXA7',
    '$6$rounds=1400$anotherlongsalts$TJI6mT9uTxzlGAy8WvvipkduCzE574WJOdcIuzwcD998nND9c0gvSQOnRPs3EmFwj6PFmvWHAszi8SiaXzedC0',
  ])('covers a long password to its last byte: %s', async (text) => {
    const long =
      'a very much longer text to encrypt.  This one even stretches over morethan one line, and over 64 and 128 bytes too.'
    const stored = await imported(text)
    expect(await hasher.verify(long + long, stored)).toBe(true)
    expect(await hasher.verify((long + long).slice(0, -1), stored)).toBe(false)
  })

  it('is stored under Argon2id and the pepper, so that a leaked row cannot be attacked without the pepper', async () => {
    for (const [, text] of hashesOfOtherSystems) {
      const stored = await imported(text)
      const digest = text.split(/[$}]/).at(-1) ?? ''
      expect(stored).toMatch(
        /^imported\$[a-z0-9-]+\$[a-z0-9=,]+\$[\w-]*\$argon2id\$v=19\$m=8,t=1,p=1,keyid=1\$/,
      )
      expect(stored).not.toContain(digest.slice(0, 16))
      expect(hasher.isOutdated(stored)).toBe(true)
    }
    const [[, text] = ['', '']] = hashesOfOtherSystems
    const atRealCost = await imported(text, await hasherOf(HASH_COST))
    expect(atRealCost).toMatch(/\$argon2id\$v=19\$m=19456,t=2,p=1,keyid=1\$/)
    expect(await hasher.verify(importedPassword, atRealCost)).toBe(true)
  })

  it('is not itself a valid password', async () => {
    const text = '{SHA}NMZJkw1HwGyxKINTRJnIUxvrCb0='
    const stored = await imported(text)
    for (const stolen of [text, text.slice(5), base64url.encode(new Uint8Array(20)), stored])
      expect(await hasher.verify(stolen, stored)).toBe(false)
  })

  it('costs one Argon2id of ours, as an unknown name does, plus its own cost', async () => {
    const sign = vi.spyOn(crypto.subtle, 'sign')
    const compare = vi.spyOn(crypto.subtle, 'timingSafeEqual')
    const stored = await imported('{MD5}d41d8cd98f00b204e9800998ecf8427e')
    for (const one of [null, stored, await hasher.hash('x')]) {
      for (const spy of [sign, compare]) spy.mockClear()
      await hasher.verify('wrong', one)
      expect([sign.mock.calls.length, compare.mock.calls.length]).toEqual([1, 1])
    }
  })
})

describe('A hash that cannot be imported', () => {
  const dear = (text: string) => [text, 'too-costly']
  const unknown = (text: string) => [text, 'unknown-format']
  const salt = 'c29tZXNhbHQ'
  const digest = 'bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc'

  it.each([
    dear('$2b$13$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
    dear('$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
    dear(`$pbkdf2-sha256$1200001$${salt}$${digest}`),
    dear(`pbkdf2:sha512:1000001$salt$${'ab'.repeat(64)}`),
    dear(`pbkdf2:sha1:1300001$salt$${'ab'.repeat(20)}`),
    // Two blocks
    dear(`pbkdf2:sha256:600001$salt$${'ab'.repeat(64)}`),
    // Django 6.1's default
    dear(
      'pbkdf2_sha256$1500000$3k7VjVujo49lWkr1GlcLJD$IpNGJFpnccRY7F2Uve5Iq/1YHPTezNrZsiI7YXORaVA=',
    ),
    // RFC 7914 §12: 1 GiB
    dear(`$scrypt$ln=20,r=8,p=1$${salt}$${digest}`),
    // 64 MiB; then 16 MiB 65 times
    dear(`$scrypt$ln=16,r=8,p=1$${salt}$${digest}`),
    dear(`$scrypt$ln=14,r=8,p=9$${salt}$${digest}`),
    dear(`$scrypt$ln=1,r=1,p=4000000$${salt}$${digest}`),
    dear(`$argon2id$v=19$m=65537,t=1,p=1$${salt}$${digest}`),
    // 2^16 rounds
    dear('$P$EIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0'),
    // passlib's default
    dear(`$6$rounds=656000$saltstring$${'x'.repeat(86)}`),
    dear(`$5$rounds=50001$saltstring$${'x'.repeat(43)}`),
    dear('$wp$2y$13$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
    dear(`$firescrypt$ln=17,r=8,p=1$c2FsdA$${digest}$Bw==$${digest}`),
    dear(`$argon2id$v=19$m=1024,t=11,p=1$${salt}$${digest}`),
    dear(`$argon2id$v=19$m=1024,t=1,p=17$${salt}$${digest}`),
    dear(`$argon2id$v=19$m=99999999999999999999,t=1,p=1$${salt}$${digest}`),
  ])('is too costly: %s', (text, reason) => {
    expect(readImportedHash(text ?? '')).toBe(reason)
  })

  it.each([
    unknown('secret'),
    unknown(''),
    unknown('5f4dcc3b5aa765d61d8327deb882cf99'),
    unknown('$1$5pZSV9va$azfrPr6af3Fc7dLblQXVa'),
    unknown('$1$5pZSV9va9$azfrPr6af3Fc7dLblQXVa0'),
    unknown('$apr1$rounds=1000$r31.....$HqJZimcKQFAMYayBlzkrA/'),
    unknown('$5$rounds=999$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'),
    unknown('$5$salt:string$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'),
    unknown('$P$1IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0'),
    unknown('$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L'),
    unknown('$wp$5f4dcc3b5aa765d61d8327deb882cf99'),
    unknown('$wp$2a$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
    unknown(
      '$firescrypt$ln=14,r=8,p=1$42xEC+ixf3L2lw==$lSrfV15cpx95$Bw==$jxspr8Ki0RYycVU8zykbdA==',
    ),
    unknown('$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjlO/O817G3uBnIFNjnQJu'),
    unknown('{CLEARTEXT}secret'),
    unknown('{NONSENSE}c2VjcmV0'),
    unknown('sha256$salt$98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4'),
    unknown('$2$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
    unknown('$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
    unknown('$2b$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
    unknown('$2b$32$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
    unknown('$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe'),
    unknown(`$pbkdf2-sha256$0$${salt}$${digest}`),
    unknown(`$pbkdf2-sha224$1000$${salt}$${digest}`),
    unknown(`$pbkdf2-sha256$1000$${salt}$${digest}=====`),
    unknown(`$pbkdf2-sha256$1000$not base64$${digest}`),
    // Digests that some password would match by chance, or that no system uses
    unknown(`$pbkdf2-sha256$1000$${salt}$AAAA`),
    unknown(`$pbkdf2-sha256$1000$${salt}$${digest.repeat(4)}`),
    unknown('{SSHA256}zmyElAazISG3YyAuQhA0pCMtPBBHPAvu7TLjzw0k30o='),
    unknown('{SHA256}4j9nS1KXhJo78O0wYm/nsjmd03ODK0HPe5YSG9Itr1x6r5XyvleKEQ=='),
    unknown(`$scrypt$ln=0,r=8,p=1$${salt}$${digest}`),
    unknown(`$scrypt$ln=16,r=1,p=1$${salt}$${digest}`),
    unknown(`$scrypt$ln=4,r=0,p=1$${salt}$${digest}`),
    unknown(`scrypt:1000:8:1$salt$${'ab'.repeat(32)}`),
    unknown(`$argon2i$v=19$m=1024,t=1,p=1$${salt}$${digest}`),
    unknown(`$argon2id$v=16$m=1024,t=1,p=1$${salt}$${digest}`),
    unknown(`$argon2id$v=19$m=7,t=1,p=1$${salt}$${digest}`),
    unknown(`$argon2id$v=19$m=1024,t=0,p=1$${salt}$${digest}`),
    unknown(`$argon2id$v=19$m=1024,t=1,p=1$c2FsdA$${digest}`),
    unknown(`$argon2id$v=19$m=19456,t=2,p=1,keyid=1$${salt}$${digest}`),
    unknown(`imported$md5$l=16$$argon2id$v=19$m=19456,t=2,p=1,keyid=1$${salt}$${digest}`),
  ])('has no known format: %s', (text, reason) => {
    expect(readImportedHash(text ?? '')).toBe(reason)
  })
})

describe('The most expensive importable hashes', () => {
  it.each([
    '$2b$12$......................eLLIAO05x9RGuY1NtsKsJ0c92v1tVhe',
    `scrypt:32768:8:1$salt$${'ab'.repeat(64)}`,
    `$argon2id$v=19$m=65536,t=10,p=16$c2FsdHNhbHQ$${'ab'.repeat(20)}`,
    '$P$DIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0',
    `pbkdf2:sha256:1200000$salt$${'ab'.repeat(32)}`,
    `pbkdf2:sha512:1000000$salt$${'ab'.repeat(64)}`,
    `$6$rounds=50000$saltstring$${'x'.repeat(86)}`,
    '$wp$2y$12$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
    `$firescrypt$ln=15,r=8,p=1$c2FsdA$${'ab'.repeat(30)}$Bw==$${'cd'.repeat(30)}`,
  ])('are verified: %s', async (text) => {
    expect(await hasher.verify('wrong', await imported(text))).toBe(false)
  })
})
