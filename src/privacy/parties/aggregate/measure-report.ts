import type { MeasureReport, MeasureReportGroup, MeasureReportGroupStratifierStratum } from '@medplum/fhirtypes';

import { enrolment, measures } from './grid.ts';
import type { Month } from './month.ts';
import { rounded } from './suppress.ts';

/** What the employer undertakes with it. */
export const onwardUse = {
  url: 'https://portico.dev/fhir/StructureDefinition/onward-use',
  valueString:
    'Figures of groups, for running the programme. They may not be passed on without consent, nor put together with other data to find out about a person.',
} as const;

export const noOnwardUse = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  code: 'NORDSCLCD',
  display: 'no redisclosure without consent directive',
} as const;

const system = 'https://portico.dev/fhir/CodeSystem/employer-figure';
const populations = 'http://terminology.hl7.org/CodeSystem/measure-population';

const masked = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }],
};

/** A figure, or that it is held back. */
const populationOf = (count: number | null | undefined) => [
  {
    code: { coding: [{ system: populations, code: 'initial-population' }] },
    ...(count == null ? { _count: masked } : { count: rounded(count) }),
  },
];

const strataOf = (cells: Month['cells'], code: string): { values: string[]; count: number | null }[] =>
  [...cells]
    .map(([key, count]) => {
      const [measure, ...values] = key.split('|');
      return { measure, values, count };
    })
    .filter(({ measure, values }) => measure === code && values.length > 0);

const dimensionOf = (value: string): string => value.slice(0, value.indexOf('='));
const textOf = (value: string): string => value.slice(value.indexOf('=') + 1);

function stratumOf(values: readonly string[], count: number | null): MeasureReportGroupStratifierStratum {
  const [only] = values;
  const named =
    values.length === 1 && only
      ? { value: { text: textOf(only) } }
      : {
          component: values.map((value) => ({
            code: { coding: [{ system, code: dimensionOf(value) }] },
            value: { text: textOf(value) },
          })),
        };
  return { ...named, population: populationOf(count) };
}

function groupOf(cells: Month['cells'], code: string, display: string): MeasureReportGroup {
  const strata = strataOf(cells, code);
  const tables = [...new Set(strata.map(({ values }) => values.map(dimensionOf).join()))].sort();
  const stratifier = tables.map((table) => ({
    code: table.split(',').map((dimension) => ({ coding: [{ system, code: dimension }] })),
    stratum: strata
      .filter(({ values }) => values.map(dimensionOf).join() === table)
      .map(({ values, count }) => stratumOf(values, count)),
  }));
  return {
    code: { coding: [{ system, code, display }] },
    population: populationOf(cells.get(code)),
    ...(stratifier.length > 0 ? { stratifier } : {}),
  };
}

/** The figures of a month for an employer, as a summary: nobody's id is in it, and there is no list behind it. */
export function measureReport(id: string, organization: string, month: Month, now: number): MeasureReport {
  const all = [enrolment, ...measures];
  return {
    resourceType: 'MeasureReport',
    id,
    meta: { security: [noOnwardUse] },
    extension: [onwardUse],
    status: 'complete',
    type: 'summary',
    measure: 'https://portico.dev/fhir/Measure/employer-figures',
    date: new Date(now).toISOString(),
    reporter: { reference: `Organization/${organization}` },
    period: { start: month.start, end: month.end },
    group: all.map(({ code, display }) => groupOf(month.cells, code, display)),
  };
}
