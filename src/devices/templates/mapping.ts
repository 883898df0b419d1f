/** Where a value is looked for. */
export type Expression = {
  language: 'jsonpath' | 'jmespath';
  text: string;
  /** In what was matched, in the whole payload, or in the payload with what was matched beside it as `matchedToken`. */
  of: 'match' | 'payload' | 'both';
  /** The payload itself may be what a filter finds, as it may with Newtonsoft's `$..[?(…)]`. */
  self?: true;
};

/** Where the value of a measure is, and its unit: a text, or where that is. */
export type ValueRule = { value: Expression; unit: string | Expression | null; required: boolean };

/** How readings of one measure are found in a payload. */
export type Rule = {
  name: string;
  /** Each node that it finds is a reading; null: the payload is one. */
  match: Expression | null;
  /** The id of a measure; null: it is of none, and not kept. */
  measure: string | null;
  value: ValueRule | null;
  /** By the id of their measure. */
  components: Readonly<Record<string, ValueRule>>;
  /** The first that finds something tells. */
  start: readonly Expression[];
  end: Expression | null;
  /** What a number counts; a text is ISO 8601. */
  timeUnit: 's' | 'ms';
  /** `+02:00` of times that are written without. */
  zone: Expression | null;
  device: readonly Expression[];
  /** Whose it is: an id, or a reference. */
  patient: Expression | null;
  record: Expression | null;
  version: Expression | null;
};

/** A template in the form that it is run in, wherever it came from. */
export type Mapping = { title: string; rules: readonly Rule[] };

/** Characters of an expression. */
export const LONGEST_EXPRESSION = 1000;

/** Rules of a template. */
export const MOST_RULES = 200;

export const expressionsOf = (rule: Rule): Expression[] => {
  const values = [...(rule.value === null ? [] : [rule.value]), ...Object.values(rule.components)];
  const units = values.flatMap(({ unit }) => (unit === null || typeof unit === 'string' ? [] : [unit]));
  const single = [rule.match, rule.end, rule.zone, rule.patient, rule.record, rule.version];
  return [...rule.start, ...rule.device, ...values.map(({ value }) => value), ...units, ...single].filter(
    (one) => one !== null,
  );
};
