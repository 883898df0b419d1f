import type { Language } from '../../pages/language.ts';
import type { Explanation } from '../developer/explain-token.ts';
import type { Advice } from './refusals-words.ts';

/** Why a token is refused. */
export const explanationWords: Readonly<Record<Language, Readonly<Record<Explanation['why'], Advice>>>> = {
  en: {
    unreadable: {
      what: 'This is no token of this app that this server knows.',
      todo: 'Check that it was copied whole, without quotation marks, and that it is an access token or a refresh token.',
    },
    'not-yours': {
      what: 'This token was not issued to this app.',
      todo: 'Paste one of this app. Nothing is said about the tokens of others.',
    },
    elsewhere: {
      what: 'This token is of another server, or of another tenant.',
      todo: 'Ask for a token where it is to be used: each FHIR base takes those of its own issuer only.',
    },
    'retired-key': {
      what: 'The signature of this token is not one of this server, or is of a key that it no longer uses.',
      todo: 'Get a new token. If that one is refused as well, check that nothing changes it on the way.',
    },
    expired: {
      what: 'The token has expired.',
      todo: 'Get a new one with the refresh token before it ends; expires_in says when. Without a refresh token, send the person here again.',
    },
    revoked: {
      what: 'What the person allowed has been withdrawn: by them, by the operator, or because a code or refresh token was used twice.',
      todo: 'All tokens that came of it have ended. Send the person here again, if they still want to use the app.',
    },
    'grant-expired': { what: 'What the person allowed has run out.', todo: 'Send the person here again.' },
    'app-disabled': { what: 'The app is disabled.', todo: 'Ask the operator of this server.' },
    'user-disabled': { what: 'The account of the person is gone or disabled.', todo: 'Nothing is wrong with the app.' },
    'revoked-token': {
      what: 'This token was given back by the app itself.',
      todo: 'Use the newest token that the app has.',
    },
    'scope-unknown': { what: 'The token has a scope that this server does not know.', todo: 'Ask for a new token.' },
    mixed: {
      what: 'The token has scopes of a service and of a person, which cannot be had together.',
      todo: 'Ask for system/ scopes, or for patient/ and user/ scopes.',
    },
    'no-patient': {
      what: 'The token has patient/ scopes and names no patient.',
      todo: 'Ask for launch/patient as well, or for launch when the app is started from a health record.',
    },
    'no-user': {
      what: 'The token has user/ scopes, and the account of the person is not linked to anybody’s record.',
      todo: 'The operator can link the account. Ask for patient/ scopes if the app needs one patient only.',
    },
    'scope-lacks': {
      what: 'The token is good, but it does not allow this.',
      todo: 'Ask for a scope that covers it. If the app asks for it already, the person unticked it.',
    },
    good: {
      what: 'The token is good now.',
      todo: 'If a request is refused all the same, look at the scopes, and whether the record is one that the token is for: one that it is not for is answered like one that is not there.',
    },
    'refresh-token': {
      what: 'This is a refresh token, and it is good.',
      todo: 'Send it to the token endpoint and not to the FHIR API, once. The answer has the next one.',
    },
    'refresh-used': {
      what: 'This refresh token was used before.',
      todo: 'Each is good once. Keep the new one of each answer, and do not refresh in two places at once.',
    },
    'refresh-expired': { what: 'This refresh token has expired.', todo: 'Send the person here again.' },
  },
  fr: {
    unreadable: {
      what: 'Ce n’est pas un jeton de cette application que ce serveur connaît.',
      todo: 'Vérifiez qu’il est copié en entier, sans guillemets, et que c’est un jeton d’accès ou de renouvellement.',
    },
    'not-yours': {
      what: 'Ce jeton n’a pas été émis pour cette application.',
      todo: 'Collez-en un de cette application. Rien n’est dit des jetons des autres.',
    },
    elsewhere: {
      what: 'Ce jeton est d’un autre serveur, ou d’un autre locataire.',
      todo: 'Demandez un jeton là où il doit servir : chaque base FHIR n’accepte que ceux de son propre émetteur.',
    },
    'retired-key': {
      what: 'La signature de ce jeton n’est pas de ce serveur, ou vient d’une clé qu’il n’utilise plus.',
      todo: 'Obtenez un nouveau jeton. S’il est refusé aussi, vérifiez que rien ne le change en route.',
    },
    expired: {
      what: 'Le jeton a expiré.',
      todo: 'Obtenez-en un nouveau avec le jeton de renouvellement avant la fin ; expires_in dit quand. Sans jeton de renouvellement, renvoyez la personne ici.',
    },
    revoked: {
      what: 'Ce que la personne avait permis a été retiré : par elle, par l’opérateur, ou parce qu’un code ou un jeton de renouvellement a servi deux fois.',
      todo: 'Tous les jetons qui en venaient ont pris fin. Renvoyez la personne ici, si elle veut encore utiliser l’application.',
    },
    'grant-expired': {
      what: 'Ce que la personne avait permis est arrivé à son terme.',
      todo: 'Renvoyez la personne ici.',
    },
    'app-disabled': { what: 'L’application est désactivée.', todo: 'Demandez à l’opérateur de ce serveur.' },
    'user-disabled': {
      what: 'Le compte de la personne n’existe plus ou est désactivé.',
      todo: 'L’application n’a rien fait de faux.',
    },
    'revoked-token': {
      what: 'Ce jeton a été rendu par l’application elle-même.',
      todo: 'Utilisez le jeton le plus récent de l’application.',
    },
    'scope-unknown': {
      what: 'Le jeton a une permission que ce serveur ne connaît pas.',
      todo: 'Demandez un nouveau jeton.',
    },
    mixed: {
      what: 'Le jeton a des permissions d’un service et d’une personne, qui ne vont pas ensemble.',
      todo: 'Demandez des permissions system/, ou bien patient/ et user/.',
    },
    'no-patient': {
      what: 'Le jeton a des permissions patient/ et ne nomme aucun patient.',
      todo: 'Demandez aussi launch/patient, ou launch quand l’application est démarrée depuis un dossier.',
    },
    'no-user': {
      what: 'Le jeton a des permissions user/, et le compte de la personne n’est relié au dossier de personne.',
      todo: 'L’opérateur peut relier le compte. Demandez des permissions patient/ s’il ne faut qu’un patient.',
    },
    'scope-lacks': {
      what: 'Le jeton est valable, mais il ne permet pas cela.',
      todo: 'Demandez une permission qui le couvre. Si l’application la demande déjà, la personne l’a décochée.',
    },
    good: {
      what: 'Le jeton est valable en ce moment.',
      todo: 'Si une requête est refusée quand même, regardez les permissions et si le dossier est de ceux que le jeton couvre : un autre est traité comme s’il n’existait pas.',
    },
    'refresh-token': {
      what: 'C’est un jeton de renouvellement, et il est valable.',
      todo: 'Envoyez-le au point de jetons et non à l’API FHIR, une seule fois. La réponse contient le suivant.',
    },
    'refresh-used': {
      what: 'Ce jeton de renouvellement a déjà servi.',
      todo: 'Chacun sert une fois. Gardez le nouveau de chaque réponse, et ne renouvelez pas à deux endroits à la fois.',
    },
    'refresh-expired': { what: 'Ce jeton de renouvellement a expiré.', todo: 'Renvoyez la personne ici.' },
  },
};
