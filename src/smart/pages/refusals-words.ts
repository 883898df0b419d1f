import type { Language } from '../../pages/language.ts';

/** What happened, and what to do about it. */
export type Advice = { what: string; todo: string };

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
  at: (time) => `C’était le ${time} (UTC).`,
  lifetime: (minutes) => `Il durait ${minutes} minutes.`,
  issuers: (issuer, here) => `Il dit venir de ${issuer} ; ici ceux de ${here} sont acceptés.`,
  needs: (scope, has) => `Il faut une permission comme ${scope}. Le jeton a : ${has}`,
  partly: 'Il n’atteint que les dossiers que la personne peut voir ou a choisis, et là ce que disent les permissions.',
  bound: 'Il est lié à une clé : envoyez-le comme Authorization: DPoP, avec une preuve.',
  scopes: (scope) => `Il permet : ${scope}`,
};

export const refusalWords: Readonly<Record<Language, RefusalWords>> = { en, fr };
