import type { Language } from '../../pages/language.ts';

type SignInWords = {
  signIn: string;
  username: string;
  password: string;
  submit: string;
  otherWays: string;
  usernameMissing: string;
  passwordMissing: string;
  wrong: string;
  busy: string;
  forgotten: string;
  demoTitle: string;
  demoAccounts: string;
  demoPassword: string;
  passwordChanged: string;
  signedOut: string;
  secondFactor: string;
  secondFactorLead: string;
  code: string;
  codeHint: string;
  codeWrong: string;
  recoveryTitle: string;
  recovery: string;
  recoveryHint: string;
  recoveryWrong: string;
  confirm: string;
  startAgain: string;
  setPassword: string;
  setPasswordFor(name: string): string;
  newPassword: string;
  newPasswordHint(shortest: number): string;
  again: string;
  savePassword: string;
  short(shortest: number): string;
  long(longest: number): string;
  guessable: string;
  different: string;
  linkTitle: string;
  linkGone: string;
  linkGoneHelp: string;
  staleTitle: string;
  stale: string;
  laterTitle: string;
  later(when: string): string;
  laterHelp: string;
  tryAgain: string;
  seconds(count: number): string;
  minutes(count: number): string;
  signOutTitle: string;
  signOutQuestion(name: string): string;
  signOut: string;
  stay: string;
  signedOutTitle: string;
  signedOutLead: string;
};

/** What the pages of the sign-in say. */
export const signInWords: Readonly<Record<Language, SignInWords>> = {
  en: {
    signIn: 'Sign in',
    username: 'Username',
    password: 'Password',
    submit: 'Sign in',
    otherWays: 'Other ways to sign in',
    usernameMissing: 'Enter your username.',
    passwordMissing: 'Enter your password.',
    wrong: 'The username or the password is not right.',
    busy: 'Many people are signing in at this moment. Please try again in a few seconds.',
    forgotten: 'Forgot your password? Ask whoever runs this server for a link to set a new one.',
    demoTitle: 'This is a demonstration',
    demoAccounts: 'All people here are made up. Sign in as one of them:',
    demoPassword: 'Everybody has the password',
    passwordChanged: 'Your new password is set. Sign in with it.',
    signedOut: 'You are signed out.',
    secondFactor: 'One more step',
    secondFactorLead: 'Your account is protected by a second factor.',
    code: 'Code',
    codeHint: 'The six digits that your authenticator app shows now.',
    codeWrong: 'This code is not right, or was used already. Wait for the next one.',
    recoveryTitle: 'Use a recovery code',
    recovery: 'Recovery code',
    recoveryHint: 'One of the codes you kept when you set this up. Each works once.',
    recoveryWrong: 'This recovery code is not right, or was used already.',
    confirm: 'Continue',
    startAgain: 'Start again',
    setPassword: 'Choose a password',
    setPasswordFor: (name) => `For the account of ${name}.`,
    newPassword: 'New password',
    newPasswordHint: (shortest) =>
      `At least ${shortest} characters. Several words that do not belong together are good.`,
    again: 'The same once more',
    savePassword: 'Set password',
    short: (shortest) => `The password needs at least ${shortest} characters.`,
    long: (longest) => `The password may have at most ${longest} characters.`,
    guessable: 'This password is among those that are guessed first. Choose another one.',
    different: 'The two passwords are not the same.',
    linkTitle: 'This link no longer works',
    linkGone: 'A link to set a password works once, for 24 hours.',
    linkGoneHelp: 'If you have set a password with it, sign in. If not, ask for a new link.',
    staleTitle: 'Please start again',
    stale: 'This page was open for too long, or was not opened in this browser. Nothing was changed.',
    laterTitle: 'Please wait a little',
    later: (when) => `There were too many wrong attempts. You can try again in ${when}.`,
    laterHelp: 'Your account is not locked. The wait protects it from people who guess.',
    tryAgain: 'Try again',
    seconds: (count) => (count === 1 ? '1 second' : `${count} seconds`),
    minutes: (count) => (count === 1 ? '1 minute' : `${count} minutes`),
    signOutTitle: 'Sign out?',
    signOutQuestion: (name) => `You are signed in as ${name}. An app asks to sign you out of this server.`,
    signOut: 'Sign out',
    stay: 'Stay signed in',
    signedOutTitle: 'You are signed out',
    signedOutLead: 'You can close this page.',
  },
  fr: {
    signIn: 'Connexion',
    username: 'Identifiant',
    password: 'Mot de passe',
    submit: 'Se connecter',
    otherWays: 'Autres façons de se connecter',
    usernameMissing: 'Saisissez votre identifiant.',
    passwordMissing: 'Saisissez votre mot de passe.',
    wrong: 'L’identifiant ou le mot de passe est incorrect.',
    busy: 'Beaucoup de personnes se connectent en ce moment. Réessayez dans quelques secondes.',
    forgotten: 'Mot de passe oublié ? Demandez à qui gère ce serveur un lien pour en choisir un nouveau.',
    demoTitle: 'Ceci est une démonstration',
    demoAccounts: 'Toutes ces personnes sont inventées. Connectez-vous comme l’une d’elles :',
    demoPassword: 'Toutes ont le mot de passe',
    passwordChanged: 'Votre nouveau mot de passe est enregistré. Connectez-vous avec lui.',
    signedOut: 'Vous êtes déconnecté.',
    secondFactor: 'Encore une étape',
    secondFactorLead: 'Votre compte est protégé par un second facteur.',
    code: 'Code',
    codeHint: 'Les six chiffres que votre application d’authentification affiche maintenant.',
    codeWrong: 'Ce code est incorrect ou a déjà servi. Attendez le suivant.',
    recoveryTitle: 'Utiliser un code de secours',
    recovery: 'Code de secours',
    recoveryHint: 'Un des codes que vous avez conservés. Chacun sert une seule fois.',
    recoveryWrong: 'Ce code de secours est incorrect ou a déjà servi.',
    confirm: 'Continuer',
    startAgain: 'Recommencer',
    setPassword: 'Choisissez un mot de passe',
    setPasswordFor: (name) => `Pour le compte de ${name}.`,
    newPassword: 'Nouveau mot de passe',
    newPasswordHint: (shortest) =>
      `Au moins ${shortest} caractères. Plusieurs mots sans rapport entre eux conviennent bien.`,
    again: 'Le même encore une fois',
    savePassword: 'Enregistrer le mot de passe',
    short: (shortest) => `Le mot de passe doit avoir au moins ${shortest} caractères.`,
    long: (longest) => `Le mot de passe peut avoir au plus ${longest} caractères.`,
    guessable: 'Ce mot de passe est parmi les premiers que l’on devine. Choisissez-en un autre.',
    different: 'Les deux mots de passe ne sont pas identiques.',
    linkTitle: 'Ce lien ne fonctionne plus',
    linkGone: 'Un lien pour choisir un mot de passe sert une fois, pendant 24 heures.',
    linkGoneHelp: 'Si vous avez choisi un mot de passe avec lui, connectez-vous. Sinon, demandez un nouveau lien.',
    staleTitle: 'Veuillez recommencer',
    stale:
      'Cette page est restée ouverte trop longtemps ou n’a pas été ouverte dans ce navigateur. Rien n’a été modifié.',
    laterTitle: 'Veuillez patienter un peu',
    later: (when) => `Il y a eu trop d’essais incorrects. Vous pourrez réessayer dans ${when}.`,
    laterHelp: 'Votre compte n’est pas bloqué. L’attente le protège de qui chercherait à deviner.',
    tryAgain: 'Réessayer',
    seconds: (count) => (count === 1 ? '1 seconde' : `${count} secondes`),
    minutes: (count) => (count === 1 ? '1 minute' : `${count} minutes`),
    signOutTitle: 'Se déconnecter ?',
    signOutQuestion: (name) =>
      `Vous êtes connecté en tant que ${name}. Une application demande à vous déconnecter de ce serveur.`,
    signOut: 'Se déconnecter',
    stay: 'Rester connecté',
    signedOutTitle: 'Vous êtes déconnecté',
    signedOutLead: 'Vous pouvez fermer cette page.',
  },
};

/** A wait as people say it: in seconds, and in whole minutes from two on. */
export const waitText = (language: Language, seconds: number): string =>
  seconds < 120 ? signInWords[language].seconds(seconds) : signInWords[language].minutes(Math.ceil(seconds / 60));
