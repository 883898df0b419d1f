import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import manifest from '../package.json' with { type: 'json' };
import { capabilityStatement } from '../src/fhir/capability.ts';
import { loadDefinitions } from '../src/fhir/definitions/load.ts';
import { interactions } from '../src/fhir/interactions/index.ts';
import { operationsOf } from '../src/web/features.ts';

/** Writes what the server promises to conformance/, where a change of it can be seen and reviewed. */
const definitions = loadDefinitions({ cache: join(tmpdir(), 'portico-conformance') });
const place = { base: 'http://127.0.0.1:8103/fhir/R4', version: manifest.version };
const statement = capabilityStatement(definitions, interactions, operationsOf(new Map()), place);
const folder = join(import.meta.dirname, '../conformance');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'capability-statement.json'), `${JSON.stringify(statement, null, 2)}\n`);
