import type { AuditEvent, AuditEventAgent } from '@medplum/fhirtypes';

import { searchPage } from './ask.ts';
import type { SeenFilter, Use } from './seen-rows.ts';
import type { RecordVisit } from './visit.ts';

/** Uses that are looked at for one list. */
const MOST = 2000;
const COUNT = '500';

const typeOf = ({ who }: AuditEventAgent): string => who?.reference?.split('/')[0] ?? who?.type ?? '';

const nameOf = (agent: AuditEventAgent | undefined): string | null =>
  agent === undefined ? null : (agent.who?.display ?? agent.name ?? agent.who?.identifier?.value ?? null);

function useOf(event: AuditEvent & { id: string }): Use {
  const { id, recorded = '', action = 'E', agent = [], purposeOfEvent = [], entity = [], outcome = '0' } = event;
  const person = agent.find(({ requestor }) => requestor) ?? agent[0];
  const organization = agent.find((one) => one !== person && typeOf(one) === 'Organization');
  const client = agent.find((one) => one !== person && (typeOf(one) === 'Device' || one.who?.identifier !== undefined));
  const purposes = [...purposeOfEvent, ...(person?.purposeOfUse ?? [])].flatMap(({ coding = [] }) =>
    coding.flatMap(({ code }) => code ?? []),
  );
  const names = entity.flatMap(({ what }) => what?.reference ?? []);
  const types = Map.groupBy(
    names.map((name) => name.split('/')[0] ?? ''),
    (type) => type,
  );
  return {
    id,
    recorded,
    action,
    who: { reference: person?.who?.reference ?? null, display: nameOf(person) },
    organization: nameOf(organization),
    client: nameOf(client),
    what: [...types]
      .filter(([type]) => type !== 'Patient' || types.size === 1)
      .map(([type, all]) => ({ type, count: all.length })),
    purpose: purposes[0] ?? null,
    basis: names.filter((name) => name.startsWith('Consent/')),
    refused: outcome !== '0',
    emergency: purposes.includes('BTG') || purposes.includes('ETREAT'),
  };
}

/** What the ledger tells of a record in a period, the newest first; both days are in it. */
export async function usesOf(visit: RecordVisit, { from, to }: Pick<SeenFilter, 'from' | 'to'>): Promise<Use[]> {
  const uses: Use[] = [];
  const asked: Record<string, string> = { patient: `Patient/${visit.record.id}`, _sort: '-date', _count: COUNT };
  const days = [...(from === '' ? [] : [`date=ge${from}`]), ...(to === '' ? [] : [`date=le${to}`])];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ ...asked, ...(cursor === null ? {} : { _cursor: cursor }) });
    const page = await searchPage<AuditEvent>(visit, 'AuditEvent', [query.toString(), ...days].join('&'));
    uses.push(...page.found.map(useOf));
    cursor = page.next;
  } while (cursor !== null && uses.length < MOST);
  return uses;
}
