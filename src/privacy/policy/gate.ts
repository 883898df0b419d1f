import type { Caller } from '../../fhir/access.ts';
import type { Admit, FhirContext } from '../../fhir/context.ts';
import type { Refusal } from '../../fhir/outcome.ts';
import { hasAgreed, personOf } from './acknowledged.ts';
import { agreeable, type PolicyVersion, policyName, policyVersions } from './versions.ts';

/** What needs no agreement: what the server is, what there is to agree to, and to agree. */
const open: ReadonlySet<string> = new Set(['metadata', '$privacy-policy', 'Consent/$acknowledge-policy']);

const refused = (policy: PolicyVersion): Refusal => ({
  ok: false,
  status: 403,
  issues: [
    {
      severity: 'error',
      code: 'suppressed',
      details: {
        system: 'https://portico.dev/fhir/CodeSystem/refusal',
        code: 'policy-acknowledgement-required',
      },
      diagnostics: `The privacy policy has changed: read ${policyName(policy)} and agree to it, by Consent/$acknowledge-policy`,
    },
  ],
});

type Known = { answer: Refusal | null; until: number };

async function look(context: FhirContext, tenant: number, person: string): Promise<Known> {
  const now = context.now();
  const all = await policyVersions(context, tenant);
  const coming = all.map(({ effectiveAt }) => effectiveAt.getTime()).filter((at) => at > now);
  const until = Math.min(Number.POSITIVE_INFINITY, ...coming);
  const [newest, ...others] = agreeable(all, now);
  if (!newest || (await hasAgreed(context, tenant, person, [newest, ...others]))) return { answer: null, until };
  return { answer: refused(newest), until };
}

/**
 * Keeps a person, and the apps that they let in, out of all records until they have agreed to the policy that is in force,
 * where one is. What they have agreed to is known as long as they are the same Caller: a publication and an agreement make
 * each process ask again.
 */
export function createPolicyGate(): Admit {
  const known = new WeakMap<Caller, Known>();
  return (context, { grant, path }) => {
    const { caller, tenant } = grant;
    const person = personOf(caller);
    if (person === null || open.has(path.join('/'))) return null;
    const found = known.get(caller);
    if (found && context.now() < found.until) return found.answer;
    return look(context, tenant, person).then((fresh) => {
      known.set(caller, fresh);
      return fresh.answer;
    });
  };
}
