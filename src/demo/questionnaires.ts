import type {
  Encounter,
  Questionnaire,
  QuestionnaireItem,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
  Resource,
} from '@medplum/fhirtypes';

import type { Booking } from './bookings.ts';
import { at, dayAfter } from './calendar.ts';
import { restricted } from './clinical.ts';
import { isSensitive } from './encounters.ts';
import type { Random } from './random.ts';
import { systems, to } from './shapes.ts';
import type { World } from './world.ts';
import { toPatient } from './world.ts';

const often = ['Never', 'On some days', 'On most days', 'Every day'] as const;

const ask = (linkId: string, text: string): QuestionnaireItem => ({
  linkId,
  text,
  type: 'choice',
  required: true,
  answerOption: often.map((valueString) => ({ valueString })),
});

const url = `${systems.demo}Questionnaire/before-your-visit`;

/** Our own few questions; no score is made of them. */
const questionnaire: Questionnaire = {
  resourceType: 'Questionnaire',
  id: 'before-your-visit',
  url,
  version: '1.0.0',
  name: 'BeforeYourVisit',
  title: 'Before your visit',
  status: 'active',
  experimental: true,
  subjectType: ['Patient'],
  description: 'A few questions to answer before a visit, at home or in the waiting room.',
  item: [
    {
      linkId: 'week',
      text: 'Your last week',
      type: 'group',
      item: [
        ask('sleep', 'How often did you sleep badly?'),
        ask('pain', 'How often were you in pain?'),
        ask('missed', 'How often did you miss a medicine?'),
      ],
    },
    {
      linkId: 'allergy-new',
      text: 'Have you found a new allergy?',
      type: 'boolean',
      required: true,
    },
    {
      linkId: 'allergy-what',
      text: 'What is it to?',
      type: 'string',
      enableWhen: [{ question: 'allergy-new', operator: '=', answerBoolean: true }],
    },
    { linkId: 'walk', text: 'For how many minutes do you walk on a usual day?', type: 'integer' },
    { linkId: 'wish', text: 'What do you want to talk about?', type: 'text' },
  ],
};

const wishes = [
  'Whether I can take less of my medicine.',
  'The numbers of my last blood test.',
  'I am more tired than I used to be.',
  'Nothing new: just to see that all is well.',
  'How to use the device at home.',
] as const;

function answers(dice: Random): QuestionnaireResponseItem[] {
  const frequency = (linkId: string, text: string): QuestionnaireResponseItem => ({
    linkId,
    text,
    answer: [{ valueString: dice.pick(often) }],
  });
  return [
    {
      linkId: 'week',
      item: [
        frequency('sleep', 'How often did you sleep badly?'),
        frequency('pain', 'How often were you in pain?'),
        frequency('missed', 'How often did you miss a medicine?'),
      ],
    },
    { linkId: 'allergy-new', answer: [{ valueBoolean: false }] },
    { linkId: 'walk', answer: [{ valueInteger: dice.whole(1, 9) * 10 }] },
    { linkId: 'wish', answer: [{ valueString: dice.pick(wishes) }] },
  ];
}

function response(booking: Booking, world: World): QuestionnaireResponse {
  return {
    resourceType: 'QuestionnaireResponse',
    id: `${booking.id}-questions`,
    ...(isSensitive(booking) ? { meta: restricted } : {}),
    questionnaire: `${url}|1.0.0`,
    status: 'completed',
    subject: toPatient(booking.person),
    encounter: to<Encounter>('Encounter', booking.id),
    authored: at(dayAfter(booking.date, -1), 1170),
    author: toPatient(booking.person),
    source: toPatient(booking.person),
    item: answers(world.randomFor(`${booking.id} questions`)),
  };
}

/** What adults answered before a visit about what they live with. */
export const questionnaireResources = (world: World, booked: readonly Booking[]): Resource[] => [
  questionnaire,
  ...booked
    .filter(({ kind, state, person }) => kind === 'follow-up' && state === 'fulfilled' && person.age >= 16)
    .map((booking) => response(booking, world)),
];
