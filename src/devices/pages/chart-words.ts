import type { Language } from '../../pages/language.ts';
import type { RangeName } from './plot.ts';

type ChartWords = {
  ranges: Readonly<Record<RangeName, string>>;
  range: string;
  earlier: string;
  later: string;
  source: string;
  allSources: string;
  noDevice: string;
  show: string;
  /** One value, without its unit, and the lowest and the highest of what it is the average of. */
  between: (low: string, high: string) => string;
  readings: (count: number) => string;
  figures: string;
  when: string;
  lowest: string;
  highest: string;
  count: string;
  average: (what: string) => string;
  total: (what: string) => string;
  span: string;
  usual: (low: string, high: string, unit: string) => string;
  gap: string;
  point: string;
  /** What the chart says, in sentences. */
  says: {
    none: (days: string) => string;
    noneEver: string;
    between: (what: string, low: string, high: string, mean: string, unit: string) => string;
    one: (what: string, value: string, unit: string) => string;
    total: (what: string, mean: string, unit: string, step: string) => string;
    most: (value: string, when: string) => string;
    least: (value: string, when: string) => string;
    /** How many were outside what is usual. */
    unusual: (outside: string, all: string) => string;
    allUsual: string;
    empty: (without: number, days: number) => string;
    cut: (most: string) => string;
    from: (devices: string) => string;
    fromOthers: string;
    fromOthersAlone: string;
    rolled: string;
  };
  steps: { day: string; hour: string };
  clock: (zone: string) => string;
  keys: string;
  noScript: string;
  latest: string;
  export: string;
  exportHint: string;
  notAdvice: string;
};

/** What stands on a chart of readings and beside it. */
export const chartWords: Readonly<Record<Language, ChartWords>> = {
  en: {
    ranges: { day: 'Day', week: 'Week', month: 'Month', year: 'Year' },
    range: 'How much to show',
    earlier: 'Earlier',
    later: 'Later',
    source: 'Measured by',
    allSources: 'All sources together',
    noDevice: 'Entered by hand or at a visit',
    show: 'Show',
    between: (low, high) => `${low} to ${high}`,
    readings: (count) => (count === 1 ? '1 reading' : `${count.toLocaleString('en')} readings`),
    figures: 'The same as a table',
    when: 'When',
    lowest: 'Lowest',
    highest: 'Highest',
    count: 'Readings',
    average: (what) => `${what}, average`,
    total: (what) => `${what}, total`,
    span: 'From the lowest to the highest reading',
    usual: (low, high, unit) => `Usual: ${low} to ${high} ${unit}`,
    gap: 'Where the line breaks there were no readings.',
    point: 'Each point is one reading.',
    says: {
      none: (days) => `There are no readings of ${days}.`,
      noneEver: 'There are no readings yet.',
      between: (what, low, high, mean, unit) => `${what}: from ${low} to ${high} ${unit}, on average ${mean}.`,
      one: (what, value, unit) => `${what}: ${value} ${unit}.`,
      total: (what, mean, unit, step) => `${what}: on average ${mean} ${unit} ${step}.`,
      most: (value, when) => `The most was ${value} (${when}).`,
      least: (value, when) => `The least was ${value} (${when}).`,
      unusual: (outside, all) => `${outside} of ${all} readings were outside what is usual.`,
      allUsual: 'All readings were within what is usual.',
      empty: (without, days) => `On ${without} of ${days} days nothing was measured.`,
      cut: (most) => `There are more readings than one chart can hold: it shows the latest ${most}.`,
      from: (devices) => `Measured by: ${devices}.`,
      fromOthers: 'Some were entered by hand or at a visit.',
      fromOthersAlone: 'They were entered by hand or at a visit.',
      rolled: 'Where several sources measured at the same time, one of them is counted.',
    },
    steps: { hour: 'an hour', day: 'a day' },
    clock: (zone) => `Times are those of the device (${zone}).`,
    keys: 'Point at the chart, or choose it and use the left and right arrow keys, to hear a value.',
    noScript: 'The chart needs JavaScript. The table has everything that it shows.',
    latest: 'Go to the latest reading',
    export: 'Download as CSV',
    exportHint: 'All readings of this kind, for a spreadsheet.',
    notAdvice: 'What is usual for most people need not be right for you. Ask whoever treats you.',
  },
  fr: {
    ranges: { day: 'Jour', week: 'Semaine', month: 'Mois', year: 'Année' },
    range: 'Période à afficher',
    earlier: 'Avant',
    later: 'Après',
    source: 'Mesuré par',
    allSources: 'Toutes les sources ensemble',
    noDevice: 'Saisi à la main ou lors d’une visite',
    show: 'Afficher',
    between: (low, high) => `${low} à ${high}`,
    readings: (count) => (count === 1 ? '1 mesure' : `${count.toLocaleString('fr-CA')} mesures`),
    figures: 'Les mêmes valeurs en tableau',
    when: 'Quand',
    lowest: 'La plus basse',
    highest: 'La plus haute',
    count: 'Mesures',
    average: (what) => `${what}, moyenne`,
    total: (what) => `${what}, total`,
    span: 'De la mesure la plus basse à la plus haute',
    usual: (low, high, unit) => `Habituel : ${low} à ${high} ${unit}`,
    gap: 'Là où la ligne s’interrompt, il n’y a pas eu de mesure.',
    point: 'Chaque point est une mesure.',
    says: {
      none: (days) => `Il n’y a aucune mesure pour cette période : ${days}.`,
      noneEver: 'Il n’y a pas encore de mesure.',
      between: (what, low, high, mean, unit) => `${what} : de ${low} à ${high} ${unit}, en moyenne ${mean}.`,
      one: (what, value, unit) => `${what} : ${value} ${unit}.`,
      total: (what, mean, unit, step) => `${what} : en moyenne ${mean} ${unit} ${step}.`,
      most: (value, when) => `Le maximum était de ${value} (${when}).`,
      least: (value, when) => `Le minimum était de ${value} (${when}).`,
      unusual: (outside, all) => `${outside} mesures sur ${all} étaient hors des valeurs habituelles.`,
      allUsual: 'Toutes les mesures étaient dans les valeurs habituelles.',
      empty: (without, days) => `Rien n’a été mesuré pendant ${without} jours sur ${days}.`,
      cut: (most) => `Il y a plus de mesures qu’un graphique ne peut en contenir : il montre les ${most} dernières.`,
      from: (devices) => `Mesuré par : ${devices}.`,
      fromOthers: 'Certaines ont été saisies à la main ou lors d’une visite.',
      fromOthersAlone: 'Elles ont été saisies à la main ou lors d’une visite.',
      rolled: 'Quand plusieurs sources ont mesuré en même temps, une seule est comptée.',
    },
    steps: { hour: 'par heure', day: 'par jour' },
    clock: (zone) => `Les heures sont celles de l’appareil (${zone}).`,
    keys: 'Pointez le graphique, ou choisissez-le et utilisez les flèches gauche et droite, pour lire une valeur.',
    noScript: 'Le graphique a besoin de JavaScript. Le tableau contient tout ce qu’il montre.',
    latest: 'Aller à la dernière mesure',
    export: 'Télécharger en CSV',
    exportHint: 'Toutes les mesures de ce genre, pour un tableur.',
    notAdvice:
      'Ce qui est habituel pour la plupart des gens ne l’est pas forcément pour vous. Parlez-en à qui vous soigne.',
  },
};
