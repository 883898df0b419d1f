import { above, below } from './above-below.ts';
import { contains } from './contains.ts';
import { exact } from './exact.ts';
import { ends, is, overlaps } from './filter-operators.ts';
import { identifier } from './identifier.ts';
import { inValueSet, notInValueSet } from './in.ts';
import { missing } from './missing.ts';
import type { Modifier } from './modifier.ts';
import { not } from './not.ts';
import { ofType } from './of-type.ts';
import { text } from './text.ts';

/** Every modifier but `:[type]`, which is any resource type. https://hl7.org/fhir/R4/search.html#modifiers */
export const modifiers: readonly Modifier[] = [
  above,
  below,
  contains,
  ends,
  exact,
  identifier,
  inValueSet,
  is,
  missing,
  not,
  notInValueSet,
  ofType,
  overlaps,
  text,
];
