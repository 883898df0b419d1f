import type { ActorPolicy } from './actor.ts';
import { app } from './app.ts';
import { careAgent } from './care-agent.ts';
import { carrier } from './carrier.ts';
import { concierge } from './concierge.ts';
import { contractor } from './contractor.ts';
import { denied } from './denied.ts';
import { deviceGateway } from './device-gateway.ts';
import { employerFeed } from './employer-feed.ts';
import { hrAdmin } from './hr-admin.ts';
import { legal } from './legal.ts';
import { marketing } from './marketing.ts';
import { operator } from './operator.ts';
import { practitioner } from './practitioner.ts';
import { privacyOfficer } from './privacy-officer.ts';
import { providerMarket } from './provider-market.ts';
import { proxy } from './proxy.ts';
import { self } from './self.ts';
import { sysadmin } from './sysadmin.ts';
import { system } from './system.ts';

const all: readonly ActorPolicy[] = [
  self,
  proxy,
  app,
  practitioner,
  concierge,
  careAgent,
  contractor,
  privacyOfficer,
  legal,
  sysadmin,
  system,
  operator,
  deviceGateway,
  hrAdmin,
  carrier,
  employerFeed,
  providerMarket,
  denied('analytics', 'HOPERAT', 'HRESCH'),
  marketing,
];

/** LIST: what each class may. Who is of no class here may nothing. */
export const actorPolicies: ReadonlyMap<string, ActorPolicy> = new Map(all.map((policy) => [policy.actor, policy]));
