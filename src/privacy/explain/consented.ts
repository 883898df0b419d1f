import type { Consent, ConsentProvision } from '@medplum/fhirtypes';
import type { Actor } from '../../fhir/access.ts';
import { parseInterval } from '../../fhir/search/dates.ts';
import { isNow } from '../consents/consent-effects.ts';
import { isActivePrivacy, isAppGrant, rootType } from '../consents/consent-resource.ts';
import { actorSystem } from '../consents/provision-codes.ts';
import { classesOf, isPartial } from '../consents/provisions.ts';
import { localName } from '../consents/references.ts';
import { resourcesOf } from '../parties/rows.ts';
import type { Asked, Explained } from './explained.ts';

const classes: Readonly<Record<string, Actor>> = {
  Organization: 'system',
  Device: 'device-gateway',
  RelatedPerson: 'proxy',
  Patient: 'self',
};

/** Whom one provision gives something to by name. */
function given(asked: Asked, consent: Consent, provision: ConsentProvision, above: ConsentProvision): Explained[] {
  const { context, tenant } = asked;
  const base = context.settings.baseOf(tenant);
  const types = classesOf(provision) ?? classesOf(above) ?? ['*'];
  const isSome = isPartial({ ...provision, class: [] }) || provision.data !== undefined;
  const ends = [provision.period?.end, above.period?.end].flatMap((end) => parseInterval(end ?? '')?.end ?? []);
  return (provision.actor ?? above.actor ?? []).map(({ role, reference }) => {
    const name = localName(reference.reference, base);
    const named = [{ system: reference.identifier?.system, code: reference.identifier?.value }, ...(role.coding ?? [])];
    const own = named.find(({ system }) => system === actorSystem)?.code as Actor | undefined; // checked at filing
    return {
      who:
        name === null ? reference : { reference: name, ...(reference.display ? { display: reference.display } : {}) },
      actor: own ?? classes[name?.split('/')[0] ?? ''] ?? 'practitioner',
      types: isSome ? [] : types,
      someOf: isSome ? types : [],
      labels: (provision.securityLabel ?? []).map(({ system = '', code = '' }) => ({ system, code })),
      why: [{ reference: `Consent/${consent.id}` }],
      until: ends.length > 0 ? Math.min(...ends) : null,
    };
  });
}

/** Those whom Consents in force name, who see something by it. What an app was granted is told with the apps. */
export async function consented(asked: Asked): Promise<Explained[]> {
  const { context, tenant, patient } = asked;
  const now = context.now();
  const base = context.settings.baseOf(tenant);
  const all = await resourcesOf<Consent>(context, { tenant, type: 'Consent', patients: [patient] });
  return all.flatMap((consent) => {
    const { provision } = consent;
    if (!provision || !isActivePrivacy(consent) || isAppGrant(consent, base) || !isNow(provision, now)) return [];
    const nested = (provision.provision ?? []).filter((one) => one.type === 'permit' && isNow(one, now));
    const root = rootType(consent) === 'permit' ? given(asked, consent, provision, {}) : [];
    return [...root, ...nested.flatMap((one) => given(asked, consent, one, provision))];
  });
}
