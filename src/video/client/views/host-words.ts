type Words = {
  waits: string;
  born: (day: string, age: number | null) => string;
  asBooked: string;
  notBooked: string;
  byLink: string;
  signedIn: string;
  admit: (name: string) => string;
  deny: string;
  inVisit: string;
  waiting: string;
  nobodyWaits: string;
  you: string;
  onHold: string;
  hold: string;
  resume: string;
  remove: string;
  removeSure: (name: string) => string;
  removeText: string;
  cancel: string;
  invite: string;
  inviteText: string;
  inviteName: string;
  inviteRole: string;
  inviteMake: string;
  inviteLink: (name: string) => string;
  inviteOnce: string;
  inviteRevoke: string;
  inviteRevoked: string;
  copy: string;
  copied: string;
  endForAll: string;
  endSure: string;
  endText: string;
  leaveOnly: string;
  leaveSure: string;
  leaveText: string;
  leave: string;
  stay: string;
  holdAll: string;
  resumeAll: string;
  allOnHold: string;
  failed: string;
};

const en: Words = {
  waits: 'is waiting to be let in',
  born: (day, age) => (age === null ? `Born ${day}` : `Born ${day}, ${age} years old`),
  asBooked: 'The patient who is booked',
  notBooked: 'Not the patient who is booked: look twice',
  byLink: 'Came by an invitation link: ask who they are',
  signedIn: 'Signed in to their own account',
  admit: (name) => `Let ${name} in`,
  deny: 'Keep out',
  inVisit: 'In the visit',
  waiting: 'Waiting',
  nobodyWaits: 'Nobody is waiting.',
  you: 'you',
  onHold: 'on hold',
  hold: 'Put on hold',
  resume: 'Take off hold',
  remove: 'Remove',
  removeSure: (name) => `Remove ${name} from the visit?`,
  removeText: 'They cannot come back unless you let them in again.',
  cancel: 'Cancel',
  invite: 'Invite somebody',
  inviteText: 'An interpreter or a relative comes by a link that works once, and waits until you let them in.',
  inviteName: 'Name',
  inviteRole: 'As',
  inviteMake: 'Make a link',
  inviteLink: (name) => `The link for ${name}`,
  inviteOnce: 'It works in one browser, until this visit ends. Send it to them alone.',
  inviteRevoke: 'Take it back',
  inviteRevoked: 'The invitation was taken back.',
  copy: 'Copy the link',
  copied: 'Copied',
  endForAll: 'End for everybody',
  endSure: 'End the visit?',
  endText:
    'For everybody: it is finished, and nobody can come back. Or leave by yourself: it ends within minutes unless somebody who treats comes back.',
  leaveOnly: 'Leave by myself',
  leaveSure: 'Leave the visit?',
  leaveText: 'It goes on without you. You can come back while it lasts.',
  leave: 'Leave',
  stay: 'Stay',
  holdAll: 'Put the visit on hold',
  resumeAll: 'Go on with the visit',
  allOnHold: 'The visit is on hold: nobody sees or hears the others.',
  failed: 'That did not work. Please try again.',
};

const fr: Words = {
  waits: 'attend d’entrer',
  born: (day, age) => (age === null ? `Naissance : ${day}` : `Naissance : ${day}, ${age} ans`),
  asBooked: 'Le patient du rendez-vous',
  notBooked: 'Ce n’est pas le patient du rendez-vous : vérifiez',
  byLink: 'Venu par un lien d’invitation : demandez qui c’est',
  signedIn: 'Connecté à son propre compte',
  admit: (name) => `Faire entrer ${name}`,
  deny: 'Refuser',
  inVisit: 'Dans la visite',
  waiting: 'En attente',
  nobodyWaits: 'Personne n’attend.',
  you: 'vous',
  onHold: 'mis en attente',
  hold: 'Mettre en attente',
  resume: 'Reprendre',
  remove: 'Exclure',
  removeSure: (name) => `Exclure ${name} de la visite ?`,
  removeText: 'Cette personne ne pourra revenir que si vous la faites entrer de nouveau.',
  cancel: 'Annuler',
  invite: 'Inviter quelqu’un',
  inviteText: 'Un interprète ou un proche vient par un lien qui sert une fois, et attend que vous le fassiez entrer.',
  inviteName: 'Nom',
  inviteRole: 'En tant que',
  inviteMake: 'Créer un lien',
  inviteLink: (name) => `Le lien pour ${name}`,
  inviteOnce: 'Il sert dans un seul navigateur, jusqu’à la fin de la visite. Ne l’envoyez qu’à cette personne.',
  inviteRevoke: 'L’annuler',
  inviteRevoked: 'L’invitation a été annulée.',
  copy: 'Copier le lien',
  copied: 'Copié',
  endForAll: 'Terminer pour tous',
  endSure: 'Terminer la visite ?',
  endText:
    'Pour tous : elle est finie, et personne ne peut revenir. Ou quittez-la seul : elle se termine en quelques minutes si aucun soignant ne revient.',
  leaveOnly: 'Quitter seul',
  leaveSure: 'Quitter la visite ?',
  leaveText: 'Elle continue sans vous. Vous pouvez revenir tant qu’elle dure.',
  leave: 'Quitter',
  stay: 'Rester',
  holdAll: 'Suspendre la visite',
  resumeAll: 'Reprendre la visite',
  allOnHold: 'La visite est suspendue : personne ne voit ni n’entend les autres.',
  failed: 'Cela n’a pas fonctionné. Veuillez réessayer.',
};

export const hostWords = { en, fr } as const;
