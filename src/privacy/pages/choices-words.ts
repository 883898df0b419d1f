import type { Language } from '../../pages/language.ts';

export type ChoiceKind = 'marketing' | 'clearance' | 'participants' | 'employer';

type Choice = { title: (name: string) => string; about: string };

type ChoicesWords = {
  title: string;
  lead: string;
  on: string;
  off: string;
  done: string;
  refused: string;
  choices: Readonly<Record<ChoiceKind, Choice>>;
};

export const choicesWords: Readonly<Record<Language, ChoicesWords>> = {
  en: {
    title: 'My choices',
    lead: 'Each of these is off until you turn it on, and off again as soon as you turn it off.',
    on: 'On',
    off: 'Off',
    done: 'Your choice counts from now on.',
    refused: 'It could not be changed:',
    choices: {
      marketing: {
        title: () => 'Messages about offers',
        about: 'We may write to you about our own offers. We sell and give your address to nobody.',
      },
      clearance: {
        title: (name) => `The result of my workplace clearance, for ${name}`,
        about:
          'Your employer sees whether you are cleared, and what is advised. Your answers they never see. That you took part they see anyway.',
      },
      participants: {
        title: (name) => `My progress in “${name}”, for the other participants`,
        about: 'They see your score under an invented name.',
      },
      employer: {
        title: (name) => `My progress in “${name}”, for my employer`,
        about: 'The personnel department sees your score under an invented name.',
      },
    },
  },
  fr: {
    title: 'Mes choix',
    lead: 'Chacun est désactivé tant que vous ne l’activez pas, et l’est de nouveau dès que vous le désactivez.',
    on: 'Activé',
    off: 'Désactivé',
    done: 'Votre choix vaut dès maintenant.',
    refused: 'Il n’a pas pu être changé :',
    choices: {
      marketing: {
        title: () => 'Messages sur des offres',
        about:
          'Nous pouvons vous écrire au sujet de nos propres offres. Nous ne vendons ni ne donnons votre adresse à personne.',
      },
      clearance: {
        title: (name) => `Le résultat de mon aptitude au travail, pour ${name}`,
        about:
          'Votre employeur voit si vous êtes apte, et ce qui est conseillé. Il ne voit jamais vos réponses. Il voit de toute façon que vous avez participé.',
      },
      participants: {
        title: (name) => `Ma progression dans « ${name} », pour les autres participants`,
        about: 'Ils voient votre résultat sous un nom inventé.',
      },
      employer: {
        title: (name) => `Ma progression dans « ${name} », pour mon employeur`,
        about: 'Le service du personnel voit votre résultat sous un nom inventé.',
      },
    },
  },
};
