import { everyRow, type Rule } from '../../fhir/access.ts';
import { directoryTypes } from '../gate/directory.ts';
import { carrierView } from '../parties/carrier-view.ts';
import { noParties } from '../parties/facts.ts';
import { bothHold, pointingTo, saying } from '../parties/pointing.ts';
import type { ActorPolicy } from './actor.ts';
import { keeping, ofPatients, reading } from './rows.ts';
import { allBut } from './types.ts';

/** What the carrier answers; it may write them. */
const answers: ReadonlySet<string> = new Set(['ClaimResponse', 'CoverageEligibilityResponse', 'ExplanationOfBenefit']);

const kept: ReadonlySet<string> = new Set([...answers, ...carrierView.keys(), 'Claim']);

/** An insurance carrier: whom it insures, as far as that takes, and what passes between them about claims. */
export const carrier: ActorPolicy = {
  actor: 'carrier',
  purposes: ['ENROLLM', 'ELIGVER', 'ELIGDTRM', 'COVERAGE', 'HPAYMT', 'CLMATTCH'],
  implicit: 'permit',
  restricted: 0,
  never: allBut(kept),
  consents: 'bound',
  about: 'rules',
  rules(type, { tenant, organization }, { parties = noParties }): readonly Rule[] {
    if (organization === null) return [];
    const own = `Organization/${organization}`;
    if (directoryTypes.has(type)) return [everyRow(reading)];
    const projection = carrierView.get(type) ?? null;
    // That a coverage has ended is told of one that has.
    if (type === 'Coverage')
      return [{ ...everyRow(reading), where: pointingTo(tenant, type, [['payor', 'payor']], [own]), projection }];
    if (projection) return [{ ...ofPatients(parties.members, reading), projection }];
    if (!kept.has(type)) return [];
    const ours = ofPatients(parties.members, answers.has(type) ? keeping : reading);
    if (type !== 'ExplanationOfBenefit')
      return [{ ...ours, where: pointingTo(tenant, type, [['insurer', 'insurer']], [own]) }];
    // No search parameter looks at its insurer: what it is about is found by the coverage.
    const covered = pointingTo(tenant, type, [['coverage', 'insurance.coverage']], parties.coverages);
    return [{ ...ours, where: bothHold(covered, saying('insurer', own)) }];
  },
};
