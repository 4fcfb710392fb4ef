import type { Texts } from '../languages.ts'

export const de: Texts = {
  problems: {
    'bad-request/invalid-logout-token': 'Dieses Abmelde-Token gilt nicht.',
    'bad-request/invalid-oauth-provider':
      'Diesen Identitätsanbieter gibt es nicht, oder er ist für die Site nicht eingerichtet.',
    'bad-request/https-required': 'Diese API ist nur über HTTPS erreichbar.',
    'bad-request/invalid-body': 'Der Inhalt der Anfrage ließ sich nicht lesen: {detail}.',
    'bad-request/invalid-input-encoding':
      'Die Adresse der Anfrage ist kein gültiges UTF-8 in Prozentkodierung. Senden Sie ein Prozentzeichen als %25.',
    'bad-request/invalid-interface': 'Die Oberfläche ist eine von web, desktop, mobile.',
    'bad-request/method-not-allowed': 'Diese Adresse nimmt keine {method}-Anfragen an.',
    'bad-request/request-params-invalid': 'Ungültiger Parameter: {name}',
    'bad-request/request-params-required': 'Es fehlt der Parameter: {name}',
    'bad-request/unsupported-media-type':
      'Senden Sie Parameter als application/json, application/x-www-form-urlencoded oder multipart/form-data.',
    'not-authenticated/invalid-oauth':
      'Die Anmeldung über den Identitätsanbieter hat nicht geklappt. Beginnen Sie sie von vorn.',
    'not-authenticated/two-factor-authentication-setup-expired':
      'Die Einrichtung hat länger als 10 Minuten gedauert. Beginnen Sie noch einmal.',
    'not-authenticated/two-factor-authentication-error':
      '2FA Authentication error: Geben Sie einen Code Ihres zweiten Faktors an ({methods}).',
    'not-authenticated/one-time-password-incorrect':
      'Der Code ist nicht richtig oder wurde schon benutzt.',
    'not-authenticated/passkey-offer-expired':
      'Diese Seite war zu lange geöffnet. Versuchen Sie es noch einmal.',
    'not-authenticated/invalid-session':
      'Dieser Schritt hat zu lange gedauert, oder es gab zu viele falsche Codes. Melden Sie sich noch einmal an.',
    'not-authenticated/api-key-sessions-not-supported':
      'Mit einem API-Schlüssel beginnt keine Sitzung. Senden Sie ihn als X-FilesAPI-Key mit jeder Anfrage.',
    'not-authenticated/authentication-required':
      'Melden Sie sich zuerst an: Diese Anfrage enthält keine Anmeldedaten.',
    'not-authenticated/invalid-credentials':
      'Mit dem gesendeten API-Schlüssel oder Sitzungs-Token ließ sich diese Anfrage nicht bestätigen.',
    'not-authenticated/invalid-or-expired-code':
      'Dieser Code gilt nicht oder nicht mehr. Fordern Sie einen neuen Link an.',
    'not-authenticated/invalid-username-or-password': 'Benutzername oder Passwort ist falsch',
    'not-authenticated/locked-out':
      'Zu viele Fehlversuche. Melden Sie sich nach {until} wieder an.',
    'not-authenticated/lockout-region-mismatch':
      'Diese Site wird nur in ihrer eigenen Region bedient. Senden Sie Ihre Anfragen an {host}.',
    'not-authorized/self-managed-required':
      'Das braucht die Sitzung eines Menschen: Melden Sie sich mit Benutzername und Passwort an.',
    'not-authorized/desktop-app-of-other-network':
      'Die App ist in einem anderen Netz als Sie; Ihre Site erlaubt das nicht.',
    'not-authorized/desktop-apps-are-off': 'Ihre Site erlaubt keine Desktop-Apps.',
    'not-authorized/insufficient-permission-for-params':
      'Sie dürfen das nicht ändern ({name}). Ein API-Schlüssel kann nicht alles, was sein Besitzer kann: Melden Sie sich dafür an.',
    'not-authorized/cant-act-for-other-user': 'Das geht nur für sich selbst.',
    'not-authorized/reauthentication-needed-action':
      'Bitte bestätigen Sie das mit Ihrem Passwort (Kopfzeile X-Files-Reauthentication: password:…).',
    'not-authorized/reauthentication-failed': 'Das Passwort ist nicht richtig.',
    'not-authorized/must-authenticate-with-api-key':
      'Hier geht es um den benutzten API-Schlüssel: Senden Sie einen, und keine Sitzung.',
    'not-authorized/api-key-only-for-desktop-app':
      'Der Schlüssel einer Desktop-App darf das nicht.',
    'not-authorized/cannot-login-while-using-key':
      'Eine Anmeldung mit gesendetem API-Schlüssel ist nicht möglich. Lassen Sie den Schlüssel weg.',
    'not-authorized/cross-site-request':
      'Dieses Formular kam nicht von einer unserer Seiten. Bitte öffnen Sie die Seite noch einmal.',
    'not-authorized/form-of-another-session':
      'Diese Seite wurde in einer früheren Sitzung geöffnet. Es wurde nichts geändert. Öffnen Sie sie erneut, um als {username} weiterzumachen.',
    'not-authorized/form-outdated':
      'Diese Seite war zu lange geöffnet. Es wurde nichts geändert. Öffnen Sie sie erneut und wiederholen Sie Ihre Eingabe.',
    'not-authorized/contact-admin-for-password-change-help':
      'Die Passwörter dieser Site setzt ihr Administrator zurück. Bitte wenden Sie sich an ihn.',
    'not-authorized/password-change-not-required':
      'Dieses Passwort muss nicht geändert werden. Melden Sie sich ohne change_password an.',
    'not-authorized/password-change-required':
      'Wählen Sie ein neues Passwort: Wiederholen Sie die Anmeldung und senden Sie es als change_password mit.',
    'not-authorized/two-factor-authentication-required':
      'Richten Sie zuerst die Zwei-Faktor-Anmeldung ein.',
    'not-authorized/user-id-without-site-admin':
      'Nur die Verwaltung der Site darf andere Benutzer nennen.',
    'not-authorized/read-only-session': 'Diese Sitzung darf nur lesen, nichts ändern.',
    'not-authorized/site-admin-required': 'Das darf nur die Verwaltung der Site.',
    'not-found/sso-strategy-not-found': 'Diese Strategie für Single Sign-on gibt es nicht.',
    'not-found/sso-identity-not-found': 'Diese Verknüpfung mit einem Anbieter gibt es nicht.',
    'not-found/two-factor-method-not-found': 'Diese Zwei-Faktor-Methode gibt es nicht.',
    'not-found/code-not-found':
      'Diese Verbindung gibt es nicht: noch nicht bestätigt, benutzt oder zu alt. Beginnen Sie in der App von vorn.',
    'not-found/api-key-not-found': 'Diesen API-Schlüssel gibt es nicht.',
    'not-found/not-found': 'Unter dieser Adresse gibt es nichts.',
    'not-found/session-not-found': 'Diese Sitzung gibt es nicht, oder sie ist beendet.',
    'not-found/site-not-found': 'Diese Site gibt es nicht.',
    'not-found/user-not-found': 'Diesen Benutzer gibt es nicht.',
    'processing-failure/two-factor-authentication-code-already-sent':
      'Vor weniger als einer Minute wurde ein Code gesendet. Warten Sie darauf, oder bitten Sie später noch einmal.',
    'processing-failure/failed-to-change-password':
      'Das Passwort wurde nicht geändert: Ihr Konto hat sich zur selben Zeit geändert. Bitte versuchen Sie es noch einmal.',
    'processing-failure/model-save-error': 'Nicht gespeichert. {errors}',
    'rate-limited/reauthentication-rate-limited':
      'Zu viele falsche Passwörter. Bitte versuchen Sie es später noch einmal.',
    'rate-limited/too-many-login-attempts':
      'Zu viele Anmeldeversuche. Bitte versuchen Sie es in einer Minute noch einmal.',
    'rate-limited/too-many-requests':
      'Zu viele Anfragen. Bitte versuchen Sie es in einer Minute noch einmal.',
    'site-configuration/no-account-for-site': 'Unter dieser Adresse gibt es kein Konto.',
    'service-unavailable/identity-provider-unavailable':
      'Der Identitätsanbieter antwortet gerade nicht. Bitte versuchen Sie es in einer Minute noch einmal.',
    'service-unavailable/second-factor-unavailable':
      'Der Dienst, der diesen zweiten Faktor prüft, antwortet nicht. Versuchen Sie es bald noch einmal, oder nehmen Sie einen anderen Weg.',
    'service-unavailable/not-configured':
      'Dieser Dienst ist noch nicht eingerichtet. Sein Protokoll sagt, was fehlt.',
    'service-unavailable/resolver-unavailable':
      'Das Domain Name System antwortet gerade nicht. Bitte versuchen Sie es gleich noch einmal.',
    'service-unavailable/storage-unavailable':
      'Unser Speicher antwortet gerade nicht. Bitte versuchen Sie es gleich noch einmal.',
    'service-unavailable/unexpected':
      'Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es noch einmal und nennen Sie sonst die Nummer der Anfrage.',
  },
  modelErrors: {
    'email-malformed':
      'Das ist keine E-Mail-Adresse, an die sich E-Mails zustellen lassen, etwa jane@example.com.',
    'username-stays':
      'Ein Benutzername bleibt, wie er ist. Legen Sie einen anderen Benutzer an und löschen Sie diesen.',
    'strategy-missing': 'Wer sich per Single Sign-on anmeldet, braucht eine Strategie der Site.',
    'strategy-unknown': 'Die Site hat keine solche Single-Sign-on-Strategie.',
    'time-zone-unknown': 'Das ist keine Zeitzone wie Europe/Berlin.',
    'language-unknown': 'Texte gibt es auf en, de, es und fr.',
    'instant-malformed': 'Das muss ein Datum mit Uhrzeit sein, etwa 2027-01-31T12:00:00Z.',
    'day-impossible': 'Den {day} gibt es nicht. Prüfen Sie Tag und Monat.',
    'address-list-excludes-you':
      'Die Adresse, die Sie gerade benutzen, steht nicht in der Liste: Sie würden sich aussperren.',
    'address-list-malformed':
      'Schreiben Sie eine Adresse oder ein Netz je Zeile, etwa 192.0.2.7 oder 2001:db8::/32; höchstens 200.',
    'last-admin': 'Das ist der letzte Administrator der Site: Ernennen Sie zuerst einen anderen.',
    'last-way-in': 'Nur so melden Sie sich an: Bitten Sie einen Administrator, es zu beenden.',
    'too-many-strategies': 'Es gibt so viele Strategien, wie eine Site haben darf.',
    'label-taken': 'Eine andere Strategie dieses Anbieters hat diese Beschriftung.',
    'issuer-address': 'Das muss die öffentliche https-Adresse des Ausstellers sein, ohne Query.',
    'not-of-provider': 'Dieser Anbieter braucht das nicht.',
    'provider-subdomain':
      'Gebraucht wird, was Sie beim Anbieter benennt, wie es dort in Ihrer Adresse steht.',
    'provider-speaks-saml':
      'SAML wird noch nicht unterstützt. Die meisten Anbieter sprechen auch OpenID Connect, das unterstützt wird.',
    'provider-has-ended':
      'Über diesen Anbieter kann sich niemand mehr anmelden: er hat seinen Dienst für OpenID 2.0 beendet.',
    'provision-for-everybody':
      'Bei diesem Anbieter kann jeder ein Konto haben: Nennen Sie die Domains (email_domains), aus deren bestätigten Adressen Benutzer werden, oder bei einem eigenen OpenID-Connect-Anbieter eine Gruppe, die verlangt wird.',
    'provision-never':
      'Dieser Anbieter bürgt für keine Adresse; er kann also nicht sagen, wer Benutzer werden darf.',
    'secret-of-other-issuer':
      'Das aufbewahrte Secret gilt dem Anbieter, wie er war: Senden Sie das neue mit.',
    'key-registered-before': 'Dieser Sicherheitsschlüssel ist schon registriert.',
    'yubikeys-are-off': 'Dieser Dienst nimmt keine Yubikeys an.',
    'texts-are-off': 'Dieser Dienst sendet keine Kurznachrichten.',
    'too-many-invitations':
      'Es wurden zu viele Einladungen gesendet. Bitte versuchen Sie es später noch einmal.',
    'too-many-texts': 'Heute wurden zu viele Codes gesendet.',
    'phone-number-of-other-country': 'In dieses Land werden keine Codes gesendet.',
    'phone-number-malformed':
      'Das ist keine Telefonnummer; schreiben Sie sie mit + und der Landesvorwahl.',
    'factors-too-many': 'Es gibt zu viele Methoden; entfernen Sie erst eine.',
    'factor-code-wrong': 'Der Code ist nicht richtig.',
    'factor-not-allowed': 'Die Site erlaubt diese Methode nicht.',
    'logo-unreadable': 'Das Bild muss ein PNG, JPEG oder WebP von höchstens 32 KiB sein.',
    'color-malformed': 'Eine Farbe schreibt man als # und sechs Hexadezimalziffern.',
    'path-malformed': 'Geben Sie den Pfad eines Ordners an, zum Beispiel projekte/2027.',
    'wider-than-parent':
      'Dieser Schlüssel wurde von einem anderen API-Schlüssel erstellt und darf nicht mehr können als dieser. Erstellen Sie stattdessen einen neuen Schlüssel.',
    'too-many-keys':
      'Ein Benutzer kann 100 API-Schlüssel haben. Löschen Sie einen, der nicht gebraucht wird.',
    'expires-in-the-past': 'Der Ablauf muss in der Zukunft liegen.',
    'email-missing': 'Dafür ist eine Mailadresse nötig.',
    'domain-malformed': 'Das ist kein Domainname wie files.example.com.',
    'domain-reserved': 'Diese Domain gehört zum Dienst selbst.',
    'domain-taken':
      'Eine andere Site verwendet diese Domain oder hat sie in den letzten 90 Tagen aufgegeben.',
    'domain-unproved':
      'Der TXT-Eintrag, der diese Domain als Ihre ausweist, ist noch nicht zu finden.',
    'password-hash-too-costly':
      'Dieser Hash macht mehr Arbeit, als eine Anmeldung hier kosten darf: bcrypt bis Stufe 12, PBKDF2 bis 1.000.000 Runden, crypt bis 50.000, scrypt bis 32 MiB, Argon2id bis 64 MiB. Lassen Sie das Passwort neu setzen.',
    'password-hash-unknown-format':
      'Das ist kein Hash, gegen den hier Passwörter geprüft werden können. Die Betriebsanleitung nennt die Formate.',
    'password-holds-name':
      'Bilden Sie das Passwort nicht aus Benutzername, Mailadresse oder dem Namen der Site.',
    'password-is-breached':
      'Dieses Passwort steht in einer Liste von Passwörtern, die anderswo gestohlen wurden. Wählen Sie ein anderes.',
    'password-is-common':
      'Dies ist eines der Passwörter, die zuerst probiert werden. Wählen Sie ein anderes.',
    'password-lacks-letter': 'Ein Passwort braucht einen Buchstaben.',
    'password-lacks-mixed': 'Ein Passwort braucht einen großen und einen kleinen Buchstaben.',
    'password-lacks-number': 'Ein Passwort braucht eine Ziffer.',
    'password-lacks-special':
      'Ein Passwort braucht ein Zeichen, das weder Buchstabe noch Ziffer ist.',
    'password-of-no-use': 'Dieser Benutzer meldet sich nicht mit einem Passwort an.',
    'second-factor-impossible':
      'Ein zweiter Faktor ist vorgeschrieben, aber keine Methode ist erlaubt, mit der man einen einrichten könnte.',
    'password-not-confirmed': 'Die beiden Passwörter sind nicht gleich.',
    'password-too-short': 'Ein Passwort braucht mindestens {characters} Zeichen.',
    'password-used-before': 'Dieses Passwort hatten Sie schon einmal. Wählen Sie ein anderes.',
    'redirect-host-unknown':
      'Das ist kein Host der Site. Geben Sie den Host ihrer Subdomain oder ihre verifizierte Domain an.',
    'redirect-host-untested':
      'In der letzten Stunde war an diesem Host keine Testanmeldung erfolgreich. Führen Sie zuerst eine durch.',
    'host-has-keys':
      'Benutzer, deren Sicherheitsschlüssel oder Passkeys nur an diesem Host funktionieren: {count}. Bitten Sie sie, zuerst andere zu registrieren, oder bestätigen Sie die Änderung mit confirm_key_loss: Dann brauchen sie eine andere Methode oder einen Wiederherstellungscode.',
    'host-receives-logins':
      'Single Sign-on ({labels}) empfängt seine Anmeldungen an diesem Host und würde nicht mehr funktionieren. Stellen Sie es zuerst auf einen anderen Host um, oder bestätigen Sie die Änderung mit confirm_sso_stop.',
    'subdomain-malformed':
      'Eine Subdomain besteht aus Buchstaben, Ziffern und Bindestrichen, höchstens 63, ohne Bindestrich am Anfang oder Ende.',
    'subdomain-reserved': 'Diese Subdomain ist reserviert.',
    'subdomain-taken':
      'Eine andere Site verwendet diese Subdomain oder hat sie in den letzten 90 Tagen aufgegeben. Wählen Sie eine andere.',
    'username-is-foreign-address':
      'Eine Mailadresse kann nur Benutzername sein, wenn sie nachweislich die eigene ist.',
    'username-malformed':
      'Ein Benutzername darf nicht leer sein und nicht nur aus ein oder zwei Punkten bestehen.',
    'username-unseen':
      'Ein Benutzername darf keine unsichtbaren Zeichen enthalten. Entfernen Sie {character}.',
    'username-spaces':
      'Trennen Sie die Teile eines Benutzernamens durch einzelne, gewöhnliche Leerzeichen.',
    'username-not-plain':
      'Ein Benutzername darf keine Sonderformen von Buchstaben enthalten. Schreiben Sie ihn „{plain}“.',
    'username-mixed-scripts':
      'Ein Benutzername darf nicht die Buchstaben mehrerer Schriften mischen, etwa lateinische und kyrillische.',
    'username-looks-alike':
      'Dieser Benutzername sieht aus wie der eines anderen Benutzers dieser Site.',
    'username-taken': 'Dieser Benutzername ist schon vergeben.',
  },
}
