import type { Language } from '../../pages/language.ts';

type SecurityWords = {
  password: {
    title: string;
    none: string;
    about: string;
    current: string;
    change: string;
    wrong: string;
  };
  totp: {
    title: string;
    on: string;
    off: string;
    setUp: string;
    remove: string;
    setUpTitle: string;
    scan: string;
    qr: string;
    key: string;
    code: string;
    codeHint: string;
    confirm: string;
    wrong: string;
    tooLate: string;
  };
  codes: {
    title: string;
    left: (count: number) => string;
    make: string;
    shownTitle: string;
    about: string;
    kept: string;
  };
  passkeys: {
    title: string;
    none: string;
    about: string;
    noPlace: string;
    noScript: string;
    add: string;
    addTitle: string;
    addAbout: string;
    name: string;
    nameHint: string;
    nameMissing: string;
    make: string;
    failed: string;
    already: string;
    made: (day: string) => string;
    used: (day: string) => string;
    unused: string;
    rename: (name: string) => string;
    save: string;
    remove: (name: string) => string;
    signIn: string;
    signInFailed: string;
    second: string;
  };
};

/** How somebody signs in, and what guards it. */
export const securityWords: Readonly<Record<Language, SecurityWords>> = {
  en: {
    password: {
      title: 'Password',
      none: 'This account has no password.',
      about: 'Changing it signs you out everywhere else.',
      current: 'Current password',
      change: 'Change the password',
      wrong: 'The current password is not right.',
    },
    totp: {
      title: 'Authenticator app',
      on: 'On: after your password you are asked for a code.',
      off: 'Off: an app on your phone can give a code that is asked for after your password.',
      setUp: 'Set up an authenticator app',
      remove: 'Stop asking for codes',
      setUpTitle: 'Set up an authenticator app',
      scan: 'Scan this picture with your authenticator app, or type the key into it.',
      qr: 'QR code that holds the key below',
      key: 'Key:',
      code: 'Code of the app',
      codeHint: 'Six digits',
      confirm: 'Confirm',
      wrong: 'This code is not right. Use the newest one, and check that the clock of your phone is right.',
      tooLate: 'This took too long. Here is a new picture: remove the old entry from your app and scan this one.',
    },
    codes: {
      title: 'Recovery codes',
      left: (count) =>
        count === 0
          ? 'You have none. With one you can sign in when your phone is lost.'
          : `${count === 1 ? '1 code is' : `${count} codes are`} left. Each one is good for one sign-in without your phone.`,
      make: 'Make new codes',
      shownTitle: 'Your recovery codes',
      about: 'Write them down or print them now: they are shown only this once. Each works once. Older codes are void.',
      kept: 'I have kept them',
    },
    passkeys: {
      title: 'Passkeys',
      none: 'You have none yet.',
      about: 'With a passkey you sign in by fingerprint, face or PIN of your device, without a password.',
      noPlace: 'Passkeys do not work at this address of the server: they need a name and https, or http://localhost.',
      noScript: 'Your browser has no passkeys, or scripts are off.',
      add: 'Add a passkey',
      addTitle: 'Add a passkey',
      addAbout: 'Your device will ask you to confirm that it is you.',
      name: 'Name',
      nameHint: 'So that you know it again, for example “My phone”',
      nameMissing: 'Give the passkey a name.',
      make: 'Make the passkey',
      failed: 'That did not work or was cancelled. You can try again.',
      already: 'This device has a passkey for your account already.',
      made: (day) => `Added ${day}`,
      used: (day) => `last used ${day}`,
      unused: 'not used yet',
      rename: (name) => `Rename ${name}`,
      save: 'Save the name',
      remove: (name) => `Remove ${name}`,
      signIn: 'Sign in with a passkey',
      signInFailed: 'This passkey could not be used. Try again, or sign in another way.',
      second: 'Use a passkey instead',
    },
  },
  fr: {
    password: {
      title: 'Mot de passe',
      none: 'Ce compte n’a pas de mot de passe.',
      about: 'Le changer vous déconnecte partout ailleurs.',
      current: 'Mot de passe actuel',
      change: 'Changer le mot de passe',
      wrong: 'Le mot de passe actuel n’est pas le bon.',
    },
    totp: {
      title: 'Application d’authentification',
      on: 'Activée : un code vous est demandé après le mot de passe.',
      off: 'Désactivée : une application de votre téléphone peut donner un code, demandé après le mot de passe.',
      setUp: 'Configurer une application',
      remove: 'Ne plus demander de code',
      setUpTitle: 'Configurer une application d’authentification',
      scan: 'Scannez cette image avec votre application d’authentification, ou saisissez-y la clé.',
      qr: 'Code QR contenant la clé ci-dessous',
      key: 'Clé :',
      code: 'Code de l’application',
      codeHint: 'Six chiffres',
      confirm: 'Confirmer',
      wrong: 'Ce code n’est pas le bon. Prenez le plus récent et vérifiez l’horloge de votre téléphone.',
      tooLate:
        'C’était trop long. Voici une nouvelle image : retirez l’ancienne entrée de votre application et scannez celle-ci.',
    },
    codes: {
      title: 'Codes de secours',
      left: (count) =>
        count === 0
          ? 'Vous n’en avez pas. Un tel code permet de se connecter si votre téléphone est perdu.'
          : `Il ${count === 1 ? 'reste 1 code' : `reste ${count} codes`}. Chacun sert à une connexion sans votre téléphone.`,
      make: 'Créer de nouveaux codes',
      shownTitle: 'Vos codes de secours',
      about:
        'Notez-les ou imprimez-les maintenant : ils ne sont montrés qu’une fois. Chacun sert une fois. Les anciens ne valent plus.',
      kept: 'Je les ai conservés',
    },
    passkeys: {
      title: 'Clés d’accès',
      none: 'Vous n’en avez pas encore.',
      about:
        'Avec une clé d’accès, vous vous connectez par l’empreinte, le visage ou le code de votre appareil, sans mot de passe.',
      noPlace:
        'Les clés d’accès ne fonctionnent pas à cette adresse du serveur : il faut un nom et https, ou http://localhost.',
      noScript: 'Votre navigateur n’a pas de clés d’accès, ou les scripts sont désactivés.',
      add: 'Ajouter une clé d’accès',
      addTitle: 'Ajouter une clé d’accès',
      addAbout: 'Votre appareil vous demandera de confirmer que c’est bien vous.',
      name: 'Nom',
      nameHint: 'Pour la reconnaître, par exemple « Mon téléphone »',
      nameMissing: 'Donnez un nom à la clé d’accès.',
      make: 'Créer la clé d’accès',
      failed: 'Cela n’a pas fonctionné ou a été annulé. Vous pouvez réessayer.',
      already: 'Cet appareil a déjà une clé d’accès pour votre compte.',
      made: (day) => `Ajoutée le ${day}`,
      used: (day) => `utilisée le ${day}`,
      unused: 'pas encore utilisée',
      rename: (name) => `Renommer ${name}`,
      save: 'Enregistrer le nom',
      remove: (name) => `Retirer ${name}`,
      signIn: 'Se connecter avec une clé d’accès',
      signInFailed: 'Cette clé d’accès n’a pas pu servir. Réessayez, ou connectez-vous autrement.',
      second: 'Utiliser plutôt une clé d’accès',
    },
  },
};
