import type { Patient } from '@medplum/fhirtypes';
import type { Caller, Grant, Interaction, Scope } from '../../fhir/access.ts';

import { search } from '../../fhir/search/search.ts';
import { frameWords } from './frame-words.ts';
import { pathIn, seeOther } from './links.ts';
import { nameOfPerson } from './names.ts';
import { mustAgree, policyPath } from './policy.ts';
import { deadEnd } from './sheet.ts';
import type {
  OfficerVisit,
  Page,
  PageRequest,
  PrivacyPagesDeps,
  RecordLine,
  RecordVisit,
  Reply,
  Visit,
  Visitor,
} from './visit.ts';

/** ms after a sign-in in which what cannot be undone may be done. */
const FRESH = 5 * 60_000;

export const recordCookie = 'portico_record';

const letters = (text: string): ReadonlySet<Interaction> => new Set([...text] as Interaction[]); // of the five letters

const scope = (context: 'patient' | 'system', type: string, may: string): Scope => ({
  context,
  type,
  interactions: letters(may),
  query: null,
});

/** What somebody does in their own record, here: look at all of it, file consents, disconnect devices, have it or readings erased. */
const ownScopes: readonly Scope[] = [
  scope('patient', '*', 'rs'),
  scope('patient', 'Consent', 'cu'),
  scope('patient', 'Device', 'u'),
  scope('patient', 'Observation', 'd'),
  scope('patient', 'Patient', 'd'),
];

/** What the privacy officer may see is the matter of their class (src/privacy/actors). */
const officerScopes: readonly Scope[] = [scope('system', '*', 'cruds')];

function callerOf(
  tenant: number,
  visitor: Visitor,
  more: Pick<Caller, 'actor' | 'scopes' | 'patient' | 'reach'>,
): Caller {
  return {
    tenant,
    purpose: '',
    organization: null,
    subject: visitor.id,
    clientId: null,
    fhirUser: visitor.fhirUser,
    identified: visitor.fhirUser !== null,
    grantId: null,
    operator: false,
    ...more,
  };
}

/** The records that somebody may look after: their own, or those of whom they help. */
async function recordsOf(deps: PrivacyPagesDeps, tenant: number, visitor: Visitor): Promise<RecordLine[]> {
  const { fhir, decide, reach } = deps;
  if (!/^(Patient|RelatedPerson)\//.test(visitor.fhirUser ?? '')) return [];
  const ids = await reach(tenant, visitor.fhirUser);
  if (ids.length === 0) return [];
  const actor = visitor.fhirUser?.startsWith('Patient/') ? 'self' : 'proxy';
  const grants = await Promise.all(
    ids
      .slice(0, 20)
      .map((id) =>
        decide(
          callerOf(tenant, visitor, { actor, scopes: [scope('patient', 'Patient', 'rs')], patient: id, reach: [id] }),
        ),
      ),
  );
  const base = fhir.settings.baseOf(tenant);
  const found = await Promise.all(
    grants.map((grant) =>
      search(fhir, grant, { types: ['Patient'], query: `_id=${grant.caller.patient ?? ''}`, strict: true, base }),
    ),
  );
  return found.flatMap((page) =>
    page.ok
      ? page.value.found
          .map(({ content }) => JSON.parse(content) as Patient)
          .map((one) => ({ id: one.id ?? '', name: nameOfPerson(one) }))
      : [],
  );
}

/** Whose record is meant: of the form, else as it was chosen, else the first. A form never means another than it says. */
function chosen(request: PageRequest, records: readonly RecordLine[]): RecordLine | null {
  const named = request.form.get('record');
  if (named !== null) return records.find(({ id }) => id === named) ?? null;
  return records.find(({ id }) => id === request.cookie(recordCookie)) ?? records[0] ?? null;
}

async function recordVisit(visit: Visit, visitor: Visitor): Promise<RecordVisit | null> {
  const { deps, request } = visit;
  const records = await recordsOf(deps, request.tenant, visitor);
  const record = chosen(request, records);
  if (record === null) return null;
  const isOwn = visitor.fhirUser === `Patient/${record.id}`;
  const caller = callerOf(request.tenant, visitor, {
    actor: isOwn ? 'self' : 'proxy',
    scopes: ownScopes,
    patient: record.id,
    reach: [record.id],
  });
  return { ...visit, visitor, record, records, isOwn, grant: await deps.decide(caller) };
}

async function officerGrant({ deps, request }: Visit, visitor: Visitor): Promise<Grant> {
  return deps.decide(
    callerOf(request.tenant, visitor, { actor: 'privacy-officer', scopes: officerScopes, patient: null, reach: 'all' }),
  );
}

/** Where to go on after the sign-in: what was sent is lost, so it is the page of the form. */
function backTo({ path, query }: PageRequest): string {
  const kept = new URLSearchParams(query);
  kept.delete('lang');
  return `${path}${kept.size > 0 ? `?${kept}` : ''}`;
}

/** Runs a page for whom it is, and for nobody else. */
export async function guarded(page: Page, visit: Visit): Promise<Reply> {
  const { deps, request } = visit;
  const { signIn, fhir } = deps;
  const say = frameWords[request.language].refused;
  if (request.method === 'POST' && !page.linked && !signIn.isOurs(request, request.form))
    return deadEnd(visit, say.form, 403);
  if (page.whom === 'anybody') return page.run(visit);
  const visitor = await signIn.visitorOf(request);
  if (visitor === null) return seeOther(signIn.path(request.tenant, backTo(request), false));
  if (page.fresh && fhir.now() - visitor.signedInAt > FRESH) {
    return seeOther(signIn.path(request.tenant, backTo(request), true));
  }
  if (page.whom === 'officer') {
    if (!visitor.roles.includes('privacy-officer')) return deadEnd(visit, say.officer, 403);
    const officer: OfficerVisit = { ...visit, visitor, grant: await officerGrant(visit, visitor) };
    return page.run(officer);
  }
  if (!page.unread && (await mustAgree(visit, visitor.fhirUser))) return seeOther(pathIn(request, policyPath));
  const own = await recordVisit(visit, visitor);
  return own === null ? deadEnd(visit, say.noRecord, 403) : page.run(own);
}
