import { companions, coordinates, forms, pairs } from './composite.ts';
import { date } from './date.ts';
import { number } from './number.ts';
import { quantity } from './quantity.ts';
import { reference } from './reference.ts';
import { special } from './special.ts';
import { string } from './string.ts';
import { token } from './token.ts';
import { uriExtractors } from './uri.ts';

/** Search parameter type → FHIR type → how a value becomes keys and rows. What is missing here is not searched. */
export const extractors = { token, reference, date, number, quantity, string, uri: uriExtractors, special };

/** What composites are made with. */
export const composite = { forms, companions, pairs, coordinates };
