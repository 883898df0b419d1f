import type { Observation } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { parseResource } from '../../fhir/json.ts';
import { rewriteSeries, seriesBehind } from '../../fhir/samples/series.ts';
import { withLabels } from './labelled.ts';

/** Series that are looked at in one go. */
const BATCH = 500;

/** Gives the samples of devices the labels that the rules say by now: all of a series have the same. */
export async function relabelSeries(context: FhirContext, tenant: number): Promise<void> {
  for (let after = 0; ; ) {
    const page = await seriesBehind(context.database, tenant, after, BATCH);
    for (const series of page) {
      const parsed = parseResource(series.content);
      if (!parsed.ok) throw new Error('what a series is of is not JSON');
      const labelled = withLabels(parsed.value, series.content, false);
      if (labelled === parsed.value) continue;
      // With other labels it is the Observation that it was.
      await rewriteSeries(context, tenant, series, labelled.resource as unknown as Observation);
    }
    after = page.at(-1)?.id ?? 0;
    if (page.length < BATCH) return;
  }
}
