import type { Observation } from '@medplum/fhirtypes';

import type { FhirContext, Resource } from '../../src/fhir/context.ts';
import { seriesFor } from '../../src/fhir/samples/series.ts';
import { writeSamples } from '../../src/fhir/samples/write.ts';
import { withLabels } from '../../src/privacy/labels/labelled.ts';

/** Stores Observations of an instant and a quantity in the narrow tier, as their sender's; each of a series of its own. */
export async function storeSamples(context: FhirContext, resources: readonly Resource[], tenant = 1): Promise<void> {
  for (const resource of resources) {
    const text = JSON.stringify(resource);
    const labelled = withLabels({ text, resource }, null, false);
    // What the tests give is an Observation.
    const { id: _, ...template } = labelled.resource as unknown as Observation & { id: string };
    const patient = template.subject?.reference?.slice('Patient/'.length) ?? '';
    const of = { patient, source: `test/${resource.id}`, measure: 'heart-rate' };
    await context.database.transaction(async (tx) => {
      const series = await seriesFor(context, tx, tenant, of, () => template);
      const start = Date.parse(template.effectiveDateTime ?? '');
      const value = template.valueQuantity?.value ?? 0;
      const sample = { series: series.id, id: String(resource.id), start, duration: 0, zone: 0, value };
      await writeSamples(tx, tenant, [sample], new Date(context.now()));
    });
  }
}
