import { everyRow, type Interaction, type Projection, type Rule } from '../../fhir/access.ts';

export type Letters = ReadonlySet<Interaction>;

export const reading: Letters = new Set(['r', 's']);
export const creating: Letters = new Set(['c']);
export const everything: Letters = new Set(['c', 'r', 'u', 'd', 's']);
/** Without taking anything away. */
export const keeping: Letters = new Set(['c', 'r', 'u', 's']);

export const ofPatients = (patients: readonly string[], interactions: Letters): Rule => ({
  ...everyRow(interactions),
  patients,
});

export const ofIds = (ids: readonly string[], interactions: Letters): Rule => ({ ...everyRow(interactions), ids });

export const inPart = (projection: Projection): Rule => ({ ...everyRow(reading), projection });
