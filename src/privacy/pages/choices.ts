import type { Consent, ConsentProvision, Coverage, Group } from '@medplum/fhirtypes';
import { html } from 'hono/html';

import { csrfInput, hidden, type Problem } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { participation } from '../consents/provision-codes.ts';
import { actReason } from '../consents/purposes.ts';
import { agreements } from '../parties/agreements.ts';
import { membersOf } from '../parties/challenge.ts';
import { resourcesOf } from '../parties/rows.ts';
import { searchAll, sentenceOf } from './ask.ts';
import { type ChoiceKind, choicesWords } from './choices-words.ts';
import { fileConsent, revokeConsent } from './consent-change.ts';
import { stateOf } from './consent-text.ts';
import { ownConsent } from './give-consent.ts';
import { backWith, pathIn } from './links.ts';
import { recordPage } from './sheet.ts';
import type { Page, RecordVisit, Reply } from './visit.ts';

const path = '/privacy/choices';

/** Something that is off until somebody agrees to it. */
type Choice = {
  /** The same in the form that is shown and the one that comes back. */
  key: string;
  kind: ChoiceKind;
  /** Of the employer, or of the challenge. */
  name: string;
  /** `Organization/1`; null: our own messages. */
  actor: string | null;
  /** Consents in force by which it is on. */
  by: readonly string[];
};

const uriOf = (kind: ChoiceKind): string => {
  if (kind === 'marketing') return 'https://portico.dev/fhir/policy/marketing';
  return kind === 'clearance' ? agreements.clearance : agreements.challenge;
};

function isBy({ provision, policy = [] }: Consent, kind: ChoiceKind, actor: string | null): boolean {
  if (provision?.type !== 'permit') return false;
  if (actor === null) return provision.purpose?.some(({ code }) => code === 'HMARKT') ?? false;
  return (
    policy.some(({ uri }) => uri === uriOf(kind)) &&
    (provision.actor?.some(({ reference }) => reference.reference === actor) ?? false)
  );
}

/** What there is to choose for whoever's record it is: of an employer and of a challenge only where they have one. */
async function choicesOf(visit: RecordVisit): Promise<Choice[]> {
  const { deps, request, record } = visit;
  const patient = `Patient/${record.id}`;
  const [consents, coverages, groups] = await Promise.all([
    searchAll<Consent>(visit, 'Consent', { patient, status: 'active' }),
    searchAll<Coverage>(visit, 'Coverage', { beneficiary: patient, status: 'active' }),
    resourcesOf<Group>(deps.fhir, { tenant: request.tenant, type: 'Group', criteria: { member: patient } }),
  ]);
  const inForce = consents.filter((one) => stateOf(one, deps.fhir.now()) === 'active');
  const employers = new Map(
    coverages.flatMap(({ policyHolder }) => {
      const reference = policyHolder?.reference;
      return reference?.startsWith('Organization/') ? [[reference, policyHolder?.display ?? reference] as const] : [];
    }),
  );
  const choice = (kind: ChoiceKind, name: string, actor: string | null): Choice => ({
    key: [kind, actor ?? ''].join(' ').trim(),
    kind,
    name,
    actor,
    by: inForce.filter((one) => isBy(one, kind, actor)).map(({ id }) => id),
  });
  // A challenge is held by the employer; other lists that somebody is on are not theirs to know of here.
  const challenges = groups.filter(
    (one) => employers.has(one.managingEntity?.reference ?? '') && membersOf(one).has(record.id),
  );
  return [
    choice('marketing', '', null),
    ...[...employers].map(([actor, name]) => choice('clearance', name, actor)),
    ...challenges.flatMap(({ id = '', name = id, managingEntity }) => [
      choice('participants', name, `Group/${id}`),
      choice('employer', name, managingEntity?.reference ?? ''),
    ]),
  ];
}

function provisionOf({ actor, name }: Choice, now: number): ConsentProvision {
  const period = { start: new Date(now).toISOString() };
  // Whatever sends our own messages: nobody else acts for that.
  if (actor === null) return { type: 'permit', period, purpose: [{ system: actReason, code: 'HMARKT' }] };
  const role = { coding: [{ system: participation, code: 'IRCP', display: 'information recipient' }] };
  return { type: 'permit', period, actor: [{ role, reference: { reference: actor, display: name } }] };
}

const consentFor = (visit: RecordVisit, choice: Choice): Consent =>
  ownConsent(visit, 'OPTIN', {
    policy: [{ uri: uriOf(choice.kind) }],
    provision: provisionOf(choice, visit.deps.fhir.now()),
  });

function item({ request, csrf, record }: RecordVisit, choice: Choice, at: number): Html {
  const say = choicesWords[request.language];
  const { title, about } = say.choices[choice.kind];
  const isOn = choice.by.length > 0;
  return html`<li id="choice-${at}" tabindex="-1"><div><h2 id="name-${at}">${title(choice.name)}</h2><p class="quiet" id="about-${at}">${about}</p></div>
    <form method="post" action="${pathIn(request, path)}">${csrfInput(csrf)}${hidden('record', record.id)}${hidden('turn', isOn ? 'off' : 'on')}
      <button class="switch" type="submit" name="choice" value="${choice.key}" role="switch" aria-checked="${isOn ? 'true' : 'false'}"
        aria-labelledby="name-${at}" aria-describedby="about-${at}"><span>${isOn ? say.on : say.off}</span></button></form></li>`;
}

async function show(visit: RecordVisit, choices: readonly Choice[], problems: readonly Problem[] = []): Promise<Reply> {
  const { request } = visit;
  const say = choicesWords[request.language];
  const content = html`<p>${say.lead}</p><ul class="rows">${choices.map((one, at) => item(visit, one, at))}</ul>`;
  const done = problems.length === 0 && request.query.get('done') === 'changed' ? { done: say.done } : {};
  return recordPage(visit, { title: say.title, content, problems, ...done });
}

/** Turns something on or off; what is as it should be already stays so. */
async function turn(visit: RecordVisit): Promise<Reply> {
  const { request } = visit;
  const choices = await choicesOf(visit);
  const at = choices.findIndex(({ key }) => key === request.form.get('choice'));
  const choice = choices[at];
  if (choice === undefined) return show(visit, choices);
  const isOn = choice.by.length > 0;
  const wanted = request.form.get('turn') === 'on';
  const changes =
    wanted === isOn
      ? []
      : wanted
        ? [fileConsent(visit, consentFor(visit, choice))]
        : choice.by.map((id) => revokeConsent(visit, id));
  for (const change of await Promise.all(changes)) {
    if (change.ok) continue;
    const message = `${choicesWords[request.language].refused} ${sentenceOf(change.issues)}`;
    return show(visit, await choicesOf(visit), [{ field: `choice-${at}`, message }]);
  }
  return backWith(request, path, 'changed');
}

export const choicesPages: readonly Page[] = [
  { method: 'GET', path, whom: 'record', run: async (visit) => show(visit, await choicesOf(visit)) },
  { method: 'POST', path, whom: 'record', run: turn },
];
