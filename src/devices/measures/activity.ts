import { local, loinc, type Measure } from './measure.ts';

const activity = { category: 'activity', kind: 'quantity', profile: null } as const;
const interval = { ...activity, tier: 'sample', roll: 'sum', decimals: 0 } as const;
const whole = { ...activity, tier: 'observation', roll: null, decimals: 0 } as const;
const metres = { unit: { code: 'm', text: 'm' }, range: { low: 0, high: 1_000_000 } } as const;
const energy = { unit: { code: 'kcal', text: 'kcal' }, range: { low: 0, high: 30_000 } } as const;
const minutes = { unit: { code: 'min', text: 'min' }, range: { low: 0, high: 10_080 } } as const;
const social = { ...whole, category: 'social-history' } as const;

/** Of movement, energy and exercise. */
export const activities: readonly Measure[] = [
  {
    ...{ ...interval, id: 'steps', unit: { code: '{steps}', text: 'steps' }, range: { low: 0, high: 200_000 } },
    title: { en: 'Steps', fr: 'Pas' },
    codings: [loinc('55423-8', 'Number of steps in unspecified time Pedometer')],
  },
  {
    ...{ ...whole, id: 'steps-per-24-h', unit: { code: '/d', text: 'steps/day' }, range: { low: 0, high: 400_000 } },
    title: { en: 'Steps of the day', fr: 'Pas de la journée' },
    codings: [loinc('41950-7', 'Number of steps in 24 hour Measured')],
  },
  {
    ...{ ...interval, ...metres, id: 'walking-running-distance' },
    title: { en: 'Distance walked or run', fr: 'Distance de marche et de course' },
    codings: [loinc('55430-3', 'Walking distance unspecified time Pedometer')],
  },
  {
    ...{ ...interval, ...metres, id: 'swimming-distance' },
    title: { en: 'Distance swum', fr: 'Distance de nage' },
    codings: [loinc('93816-7', 'Swimming distance unspecified time')],
  },
  {
    ...{ ...interval, ...metres, id: 'cycling-distance' },
    title: { en: 'Distance cycled', fr: 'Distance à vélo' },
    codings: [local('cycling-distance', 'Cycling distance')],
  },
  {
    ...{
      ...interval,
      id: 'flights-climbed',
      unit: { code: '{flights}', text: 'flights' },
      range: { low: 0, high: 10_000 },
    },
    title: { en: 'Flights of stairs climbed', fr: 'Étages montés' },
    codings: [loinc('100304-5', 'Flights climbed [#] Reporting Period')],
  },
  {
    ...{
      ...interval,
      id: 'wheelchair-pushes',
      unit: { code: '{pushes}', text: 'pushes' },
      range: { low: 0, high: 200_000 },
    },
    title: { en: 'Wheelchair pushes', fr: 'Poussées en fauteuil roulant' },
    codings: [loinc('96502-0', 'Number of wheelchair pushes per time period')],
  },
  {
    ...{ ...interval, ...energy, id: 'active-energy' },
    title: { en: 'Active energy', fr: 'Énergie active' },
    codings: [loinc('41981-2', 'Calories burned')],
  },
  {
    ...{ ...interval, ...energy, id: 'basal-energy' },
    title: { en: 'Energy at rest', fr: 'Énergie au repos' },
    codings: [local('basal-energy', 'Basal energy burned')],
  },
  {
    ...{ ...whole, ...energy, id: 'calories-in-exercise' },
    title: { en: 'Energy burned in exercise', fr: 'Énergie dépensée à l’effort' },
    codings: [loinc('55424-6', 'Calories burned in unspecified time Pedometer')],
  },
  {
    ...{
      ...whole,
      id: 'calories-per-24-h',
      unit: { code: 'kcal/d', text: 'kcal/day' },
      range: { low: 0, high: 30_000 },
    },
    title: { en: 'Energy burned in the day', fr: 'Énergie dépensée dans la journée' },
    codings: [loinc('41979-6', 'Calories burned in 24 hour Calculated')],
  },
  {
    ...{ ...whole, ...energy, id: 'calorie-intake' },
    title: { en: 'Calorie intake', fr: 'Apport calorique' },
    codings: [loinc('9052-2', 'Calorie intake total')],
  },
  {
    ...{ ...whole, id: 'exercise-session-type', kind: 'code', unit: null, range: null },
    title: { en: 'Exercise', fr: 'Exercice' },
    codings: [loinc('73985-4', 'Exercise activity')],
    // The answers of https://loinc.org/73985-4.
    codes: [
      loinc('LA11834-1', 'Walking'),
      loinc('LA11835-8', 'Jogging'),
      loinc('LA11836-6', 'Running'),
      loinc('LA11837-4', 'Biking'),
      loinc('LA11838-2', 'Swimming'),
      loinc('LA11839-0', 'Weights'),
      loinc('LA11840-8', 'Mixed'),
      loinc('LA46-8', 'Other'),
    ],
    further: [
      'exercise-duration',
      'calories-in-exercise',
      'active-energy',
      'exercise-hr-mean',
      'exercise-hr-max',
      'steps',
      'walking-running-distance',
      'swimming-distance',
      'cycling-distance',
    ],
  },
  {
    ...{ ...whole, ...minutes, id: 'exercise-duration' },
    title: { en: 'Duration of exercise', fr: 'Durée de l’exercice' },
    codings: [loinc('55411-3', 'Exercise duration')],
  },
  {
    ...{ ...whole, ...minutes, id: 'moderate-minutes' },
    title: { en: 'Minutes of moderate activity', fr: 'Minutes d’activité modérée' },
    codings: [loinc('77592-4', 'Moderate physical activity [IPAQ]')],
  },
  {
    ...{ ...whole, ...minutes, id: 'vigorous-minutes' },
    title: { en: 'Minutes of vigorous activity', fr: 'Minutes d’activité intense' },
    codings: [loinc('77593-2', 'Vigorous physical activity [IPAQ]')],
  },
  {
    ...{ ...social, id: 'evs-days-week', unit: { code: 'd/wk', text: 'days/week' }, range: { low: 0, high: 7 } },
    title: { en: 'Days of exercise in a week', fr: 'Jours d’exercice par semaine' },
    codings: [
      loinc(
        '89555-7',
        'How many days per week did you engage in moderate to strenuous physical activity in the last 30 days',
      ),
    ],
  },
  {
    ...{ ...social, id: 'evs-min-day', unit: { code: 'min/d', text: 'min/day' }, range: { low: 0, high: 1440 } },
    title: { en: 'Minutes of exercise on such a day', fr: 'Minutes d’exercice un tel jour' },
    codings: [
      loinc(
        '68516-4',
        'On those days that you engage in moderate to strenuous exercise, how many minutes, on average, do you exercise',
      ),
    ],
  },
  {
    ...{ ...social, id: 'evs-min-week', unit: { code: 'min/wk', text: 'min/week' }, range: { low: 0, high: 10_080 } },
    title: { en: 'Minutes of exercise in a week', fr: 'Minutes d’exercice par semaine' },
    codings: [loinc('82290-8', 'Frequency of moderate to vigorous aerobic physical activity')],
  },
  {
    ...{
      ...whole,
      id: 'vo2-max',
      unit: { code: 'mL/kg/min', text: 'mL/kg/min' },
      range: { low: 3, high: 110 },
      decimals: 1,
    },
    title: { en: 'Maximal oxygen uptake (VO₂ max)', fr: 'Consommation maximale d’oxygène (VO₂ max)' },
    codings: [loinc('60842-2', 'Oxygen consumption (VO2)')],
    also: [loinc('94122-9', 'Oxygen consumption (VO2)/Body weight [Volume Rate Content] --peak during exercise')],
  },
];
