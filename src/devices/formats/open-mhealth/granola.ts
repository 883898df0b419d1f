import { quantityTypes } from '../healthkit/types.ts';
import {
  amount,
  boolean,
  duration,
  kcal,
  length,
  number,
  object,
  oneOfTexts,
  type Schema,
  text,
  timeFrame,
  type Versions,
} from './parts.ts';

const quantity: Schema = { type: 'string', enum: [...quantityTypes.keys()] };

const identifier = (kind: 'Category' | 'Correlation'): Schema => ({
  type: 'string',
  pattern: `^HK${kind}TypeIdentifier[A-Z][A-Za-z0-9]{1,80}$`,
});

const metadata: Schema = {
  type: 'array',
  items: object({ key: text, value: { oneOf: [text, number, boolean] } }, 'key', 'value'),
};

const common = { effective_time_frame: timeFrame.omh, metadata };

const quantitySample: Schema = {
  allOf: [
    object({ ...common, quantity_type: quantity }, 'effective_time_frame', 'quantity_type'),
    { oneOf: [object({ unit_value: amount() }, 'unit_value'), object({ count: number }, 'count')] },
  ],
};

const categorySample = object(
  { ...common, category_type: identifier('Category'), category_value: text },
  ...['effective_time_frame', 'category_type', 'category_value'],
);

const listOf = (items: Schema): Schema => ({ type: 'array', minItems: 1, items });

/** Samples of HealthKit as Granola writes them. https://github.com/openmhealth/Granola */
export const granola: Readonly<Record<string, Versions>> = {
  'granola:hk-metadata': { '1.0': metadata },
  'granola:hk-quantity-sample': { '1.0': quantitySample },
  'granola:hk-category-sample': { '1.0': categorySample },
  'granola:hk-correlation': {
    '1.0': {
      allOf: [
        object({ ...common, correlation_type: identifier('Correlation') }, 'correlation_type', 'effective_time_frame'),
        {
          anyOf: [
            object({ quantity_samples: listOf(quantitySample) }, 'quantity_samples'),
            object({ category_samples: listOf(categorySample) }, 'category_samples'),
          ],
        },
      ],
    },
  },
  'granola:hk-workout': {
    '1.0': object(
      {
        ...{ ...common, activity_name: text, distance: length, kcal_burned: kcal },
        ...{ duration: { allOf: [duration, { properties: { unit: { enum: ['sec'] } } }] }, met_value: number },
        reported_activity_intensity: oneOfTexts('light', 'moderate', 'vigorous'),
      },
      ...['effective_time_frame', 'activity_name'],
    ),
  },
};
