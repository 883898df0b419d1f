import type { Language } from '../../pages/language.ts';
import type { Explanation } from '../explain-token.ts';

/** What happened, and what to do about it. */
export type Advice = { what: string; todo: string };

type Why = Explanation['why'];

export type RefusalWords = {
  title: string;
  lead: string;
  newest: string;
  none: string;
  kept: string;
  said: string;
  request: string;
  ask: {
    title: string;
    lead: string;
    token: string;
    tokenHint: string;
    method: string;
    type: string;
    any: string;
    submit: string;
  };
  find: { title: string; id: string; hint: string; submit: string; none: string };
  answer: string;
  empty: string;
  /** By the code of OAuth or of an OperationOutcome. */
  errors: Readonly<Record<string, Advice>>;
  otherError: Advice;
  methods: Readonly<Record<'r' | 's' | 'c' | 'u' | 'd', string>>;
  why: Readonly<Record<Why, Advice>>;
  at: (time: string) => string;
  lifetime: (minutes: number) => string;
  issuers: (issuer: string, here: string) => string;
  needs: (scope: string, has: string) => string;
  partly: string;
  bound: string;
  scopes: (scope: string) => string;
};

const en: RefusalWords = {
  title: 'Why was it refused?',
  lead: 'What this server said no to, in plain words.',
  newest: 'The newest refusals',
  none: 'Nothing of this app was refused in the last 7 days.',
  kept: 'The last 100 of the last 7 days are kept. Of very many at once some are left out.',
  said: 'The server said:',
  request: 'Request id',
  ask: {
    title: 'Ask about a token',
    lead: 'Paste an access token or a refresh token of this app. It is looked at and not kept.',
    token: 'Token',
    tokenHint: 'As the app got it from the token endpoint.',
    method: 'What did the app want to do?',
    type: 'With which type?',
    any: 'I do not know',
    submit: 'Why is it refused?',
  },
  find: {
    title: 'Find a refused request',
    id: 'Request id',
    hint: 'X-Request-Id of the answer.',
    submit: 'Find it',
    none: 'No refused request of this app has this id.',
  },
  answer: 'The answer',
  empty: 'Paste a token.',
  errors: {
    login: {
      what: 'The token was not accepted.',
      todo: 'Get a new one with the refresh token, or send the person to sign in again. Paste the token below to see what is wrong with it.',
    },
    invalid_token: {
      what: 'The token was not accepted.',
      todo: 'Get a new one with the refresh token, or send the person to sign in again.',
    },
    forbidden: {
      what: 'The token is good, but it does not allow this.',
      todo: 'Look at scope in the answer of the token endpoint: the person may have unticked it. Ask for a scope that covers this, or leave the request out.',
    },
    insufficient_scope: {
      what: 'The token is good, but it does not allow this.',
      todo: 'Ask for a scope that covers this.',
    },
    invalid_client: {
      what: 'The app did not show who it is.',
      todo: 'Check the client id, and the secret or key. An assertion must be for this server (aud), end within 5 minutes and be used once.',
    },
    invalid_grant: {
      what: 'The code or refresh token is not good any more.',
      todo: 'A code is good once, for 60 seconds, with the same redirect address and its verifier. A refresh token is good once: keep the new one that comes with each answer.',
    },
    invalid_scope: {
      what: 'The scopes were not accepted.',
      todo: 'Ask only for what is registered for the app, written as SMART writes it.',
    },
    invalid_request: {
      what: 'Something is missing in the request, or was sent twice.',
      todo: 'See what the server said.',
    },
    unauthorized_client: {
      what: 'The app may not do this.',
      todo: 'Check that it is registered as the right kind of app, and that it is not disabled.',
    },
    unsupported_grant_type: {
      what: 'The app is not registered for this grant type, or there is none of this name.',
      todo: 'Apps with people use authorization_code and refresh_token, services client_credentials.',
    },
    access_denied: {
      what: 'The person did not let the app in, or may see nobody’s record.',
      todo: 'Nothing is wrong with the app. It should say so and offer to try again.',
    },
    invalid_dpop_proof: {
      what: 'The proof of the key was not accepted.',
      todo: 'Make a new proof for each request: with its method and address, the hash of the token, and a new jti.',
    },
    use_dpop_nonce: {
      what: 'The proof needs a nonce of this server.',
      todo: 'Send it again with the DPoP-Nonce of the answer.',
    },
  },
  otherError: { what: 'The request was refused.', todo: 'See what the server said.' },
  methods: { r: 'Read one', s: 'Search', c: 'Create', u: 'Change', d: 'Delete' },
  why: {
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
  at: (time) => `It was at ${time} (UTC).`,
  lifetime: (minutes) => `It lasted ${minutes} minutes.`,
  issuers: (issuer, here) => `It says that it is of ${issuer}; here those of ${here} are taken.`,
  needs: (scope, has) => `This needs a scope such as ${scope}. The token has: ${has}`,
  partly: 'It reaches only the records that the person may see or chose, and of these what the scopes say.',
  bound: 'It is bound to a key: send it as Authorization: DPoP, with a proof.',
  scopes: (scope) => `It may do: ${scope}`,
};

const fr: RefusalWords = {
  title: 'Pourquoi a-t-elle été refusée ?',
  lead: 'Ce à quoi ce serveur a dit non, en mots simples.',
  newest: 'Les derniers refus',
  none: 'Rien de cette application n’a été refusé ces 7 derniers jours.',
  kept: 'Les 100 derniers des 7 derniers jours sont gardés. S’il y en a beaucoup à la fois, certains manquent.',
  said: 'Le serveur a dit :',
  request: 'Numéro de la requête',
  ask: {
    title: 'Demander à propos d’un jeton',
    lead: 'Collez un jeton d’accès ou de renouvellement de cette application. Il est examiné et n’est pas gardé.',
    token: 'Jeton',
    tokenHint: 'Tel que l’application l’a reçu.',
    method: 'Que voulait faire l’application ?',
    type: 'Avec quel type ?',
    any: 'Je ne sais pas',
    submit: 'Pourquoi est-il refusé ?',
  },
  find: {
    title: 'Trouver une requête refusée',
    id: 'Numéro de la requête',
    hint: 'X-Request-Id de la réponse.',
    submit: 'La trouver',
    none: 'Aucune requête refusée de cette application n’a ce numéro.',
  },
  answer: 'La réponse',
  empty: 'Collez un jeton.',
  errors: {
    login: {
      what: 'Le jeton n’a pas été accepté.',
      todo: 'Obtenez-en un nouveau avec le jeton de renouvellement, ou faites reconnecter la personne. Collez le jeton ci-dessous pour voir ce qui ne va pas.',
    },
    invalid_token: {
      what: 'Le jeton n’a pas été accepté.',
      todo: 'Obtenez-en un nouveau avec le jeton de renouvellement, ou faites reconnecter la personne.',
    },
    forbidden: {
      what: 'Le jeton est valable, mais il ne permet pas cela.',
      todo: 'Regardez scope dans la réponse du point de jetons : la personne l’a peut-être décoché. Demandez une permission qui couvre cela, ou renoncez à la requête.',
    },
    insufficient_scope: {
      what: 'Le jeton est valable, mais il ne permet pas cela.',
      todo: 'Demandez une permission qui couvre cela.',
    },
    invalid_client: {
      what: 'L’application n’a pas montré qui elle est.',
      todo: 'Vérifiez l’identifiant, et le secret ou la clé. Une assertion doit être pour ce serveur (aud), finir dans les 5 minutes et ne servir qu’une fois.',
    },
    invalid_grant: {
      what: 'Le code ou le jeton de renouvellement n’est plus valable.',
      todo: 'Un code sert une fois, pendant 60 secondes, avec la même adresse de retour et son vérificateur. Un jeton de renouvellement sert une fois : gardez le nouveau de chaque réponse.',
    },
    invalid_scope: {
      what: 'Les permissions n’ont pas été acceptées.',
      todo: 'Ne demandez que ce qui est enregistré pour l’application, écrit comme SMART l’écrit.',
    },
    invalid_request: {
      what: 'Il manque quelque chose dans la requête, ou c’est envoyé deux fois.',
      todo: 'Voyez ce que le serveur a dit.',
    },
    unauthorized_client: {
      what: 'L’application ne peut pas faire cela.',
      todo: 'Vérifiez qu’elle est enregistrée comme le bon genre d’application et qu’elle n’est pas désactivée.',
    },
    unsupported_grant_type: {
      what: 'L’application n’est pas enregistrée pour ce genre d’octroi, ou il n’y en a pas de ce nom.',
      todo: 'Les applications avec des personnes utilisent authorization_code et refresh_token, les services client_credentials.',
    },
    access_denied: {
      what: 'La personne n’a pas autorisé l’application, ou ne peut voir le dossier de personne.',
      todo: 'L’application n’a rien fait de faux. Elle devrait le dire et proposer de réessayer.',
    },
    invalid_dpop_proof: {
      what: 'La preuve de la clé n’a pas été acceptée.',
      todo: 'Faites une nouvelle preuve pour chaque requête : avec sa méthode et son adresse, l’empreinte du jeton et un nouveau jti.',
    },
    use_dpop_nonce: {
      what: 'La preuve a besoin d’un nonce de ce serveur.',
      todo: 'Renvoyez-la avec le DPoP-Nonce de la réponse.',
    },
  },
  otherError: { what: 'La requête a été refusée.', todo: 'Voyez ce que le serveur a dit.' },
  methods: { r: 'Lire une ressource', s: 'Chercher', c: 'Créer', u: 'Modifier', d: 'Supprimer' },
  why: {
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
  at: (time) => `C’était le ${time} (UTC).`,
  lifetime: (minutes) => `Il durait ${minutes} minutes.`,
  issuers: (issuer, here) => `Il dit venir de ${issuer} ; ici ceux de ${here} sont acceptés.`,
  needs: (scope, has) => `Il faut une permission comme ${scope}. Le jeton a : ${has}`,
  partly: 'Il n’atteint que les dossiers que la personne peut voir ou a choisis, et là ce que disent les permissions.',
  bound: 'Il est lié à une clé : envoyez-le comme Authorization: DPoP, avec une preuve.',
  scopes: (scope) => `Il permet : ${scope}`,
};

export const refusalWords: Readonly<Record<Language, RefusalWords>> = { en, fr };
