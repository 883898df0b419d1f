import { expect, test } from 'vitest';

import { loadDefinitions } from '../fhir/definitions/load.ts';
import { createValidator } from '../fhir/validate/validator.ts';
import { demoWorld } from './demo-world.ts';

const validate = await createValidator(loadDefinitions());

test.each(['2026-03-04', '2028-02-29'])(
  'nothing in the world of %s breaks a rule of R4 or of its profiles',
  (today) => {
    const found = new Map<string, number>();
    for (const resource of demoWorld({ today })) {
      for (const { severity, diagnostics, expression } of validate(resource)) {
        if (severity === 'warning' || severity === 'information') continue;
        const name = `${expression}: ${diagnostics}`;
        found.set(name, (found.get(name) ?? 0) + 1);
      }
    }
    expect([...found]).toEqual([]);
  },
);
