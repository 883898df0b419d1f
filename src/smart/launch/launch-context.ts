import { z } from 'zod';

import type { Json } from '../../fhir/context.ts';
import { isId, parseReference } from '../../fhir/reference.ts';
import type { SmartContext } from '../context.ts';
import { reachOf, type Viewer, viewerGrant } from '../records.ts';
import type { LaunchContext } from '../tokens/app-grant.ts';

const id = z.string().refine(isId);

const item = z
  .strictObject({
    reference: z
      .string()
      .refine((text) => {
        const found = parseReference(text);
        return found?.kind === 'literal' && found.base === null;
      })
      .optional(),
    canonical: z.url().max(500).optional(),
    identifier: z.record(z.string(), z.unknown()).optional(),
    type: z
      .string()
      .regex(/^[A-Za-z]{1,64}$/)
      .optional(),
    role: z.string().max(500).optional(),
  })
  .refine(({ reference, canonical, identifier }) => (reference ?? canonical ?? identifier) !== undefined);

const shape = z.strictObject({
  patient: id.optional(),
  encounter: id.optional(),
  intent: z.string().min(1).max(200).optional(),
  fhirContext: z.array(item).max(20).optional(),
  need_patient_banner: z.boolean().optional(),
});

/**
 * What an app is to be told of where it was started, as somebody sent it; else a sentence for them.
 *
 * @see https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html#launch-context-arrives-with-your-access_token
 */
export function readLaunchContext(value: unknown): { ok: true; value: LaunchContext } | { ok: false; reason: string } {
  const parsed = shape.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  return {
    ok: false,
    reason: `${issue?.path.join('.') || 'The launch context'} is not as SMART App Launch describes it`,
  };
}

/** What is wrong with starting an app so for this user: a record that they may not see, or an encounter of another. */
export async function contextFault(
  context: SmartContext,
  viewer: Viewer,
  started: LaunchContext,
): Promise<string | null> {
  const { patient, encounter } = started;
  if (patient !== undefined && !(await reachOf(context, viewer)).includes(patient)) {
    return 'There is no such patient among those whom this user may see';
  }
  if (encounter === undefined) return null;
  if (patient === undefined) return 'An encounter needs its patient as well';
  const found = await context.fhir.store.read(
    await viewerGrant(context, viewer, ['Encounter']),
    'Encounter',
    encounter,
  );
  const subject = found.ok ? (JSON.parse(found.value.content) as Json).subject : undefined;
  // A Reference, as it was checked before it was stored.
  const of = (subject as { reference?: string } | undefined)?.reference;
  return of === `Patient/${patient}` ? null : 'There is no such encounter of this patient';
}
