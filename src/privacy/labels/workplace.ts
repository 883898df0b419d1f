import { labelBit } from '../../fhir/search/labels.ts';

/** The canonical URLs, without a version, of the Questionnaires by which people say whether they may come to work. */
export const workplaceQuestionnaires: readonly string[] = [
  'https://portico.dev/fhir/Questionnaire/workplace-clearance',
];

/** The code system of the labels that are this server's own. */
export const porticoLabels = 'https://portico.dev/fhir/CodeSystem/label';

/** The bit of rows that no employer sees, whatever anybody consents to. */
export const neverEmployer: number = labelBit(porticoLabels, 'never-employer');
