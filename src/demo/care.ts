import type { CarePlan, CareTeam, Condition, Goal, Practitioner, RelatedPerson, Resource } from '@medplum/fhirtypes';

import { dayAfter } from './calendar.ts';
import { conditionId, restricted } from './clinical.ts';
import { conditions } from './data/conditions.ts';
import { hl7, loinc, quantity, slug, snomed, to } from './shapes.ts';
import type { Person, World } from './world.ts';
import { people, subscriberOf, toPatient } from './world.ts';

const goalId = (one: Person, key: Person['conditions'][number]): string => `${conditionId(one, key)}-goal`;

const reasonsOf = (one: Person) => one.conditions.map((key) => to<Condition>('Condition', conditionId(one, key)));

const isSensitive = (one: Person): boolean => one.conditions.some((key) => conditions[key].sensitive);

function goal(one: Person, key: Person['conditions'][number], world: World): Goal {
  const about = conditions[key];
  return {
    resourceType: 'Goal',
    id: goalId(one, key),
    ...(about.sensitive ? { meta: restricted } : {}),
    lifecycleStatus: 'active',
    achievementStatus: hl7('goal-achievement', 'in-progress', 'In Progress'),
    description: { text: about.goal },
    subject: toPatient(one),
    startDate: dayAfter(world.today, -60),
    ...(about.target
      ? {
          target: [
            {
              measure: loinc(about.target.measure),
              detailQuantity: {
                ...quantity(about.target.below, about.target.code, about.target.unit),
                comparator: '<' as const,
              },
              dueDate: dayAfter(world.today, 120),
            },
          ],
        }
      : {}),
    addresses: [to<Condition>('Condition', conditionId(one, key))],
  };
}

/** The patient, who treats them, and for a child the parent who speaks for them. */
function careTeam(one: Person, world: World): CareTeam {
  const specialists = one.conditions.map((key) => conditions[key].specialist);
  const members = [...new Set([one.doctorId, ...specialists, 'tobias-lindgren-rn'])].filter((id) => id !== undefined);
  const parent = one.role === 'child' ? subscriberOf(one) : null;
  return {
    resourceType: 'CareTeam',
    id: one.id,
    ...(isSensitive(one) ? { meta: restricted } : {}),
    status: 'active',
    name: `Care team of ${one.name}`,
    subject: toPatient(one),
    period: { start: dayAfter(world.today, -365) },
    participant: [
      { role: [snomed(['116154003', 'Patient'])], member: toPatient(one) },
      ...members.map((id) => ({
        role: [snomed(['223366009', 'Healthcare professional'])],
        member: to<Practitioner>('Practitioner', id),
      })),
      ...(parent
        ? [
            {
              role: [snomed(['133932002', 'Caregiver'])],
              member: to<RelatedPerson>('RelatedPerson', `${parent.id}-for-${slug(one.given)}`),
            },
          ]
        : []),
    ],
    reasonReference: reasonsOf(one),
  };
}

function carePlan(one: Person, world: World): CarePlan {
  return {
    resourceType: 'CarePlan',
    id: one.id,
    ...(isSensitive(one) ? { meta: restricted } : {}),
    status: 'active',
    intent: 'plan',
    title: `Plan for ${one.given}`,
    subject: toPatient(one),
    period: { start: dayAfter(world.today, -60), end: dayAfter(world.today, 300) },
    created: dayAfter(world.today, -60),
    author: to<Practitioner>('Practitioner', one.doctorId),
    careTeam: [to<CareTeam>('CareTeam', one.id)],
    addresses: reasonsOf(one),
    goal: one.conditions.map((key) => to<Goal>('Goal', goalId(one, key))),
    activity: one.conditions.map((key) => ({
      detail: { status: 'in-progress', description: conditions[key].activity },
    })),
  };
}

/** Goals, teams and plans of those who live with something. */
export const careResources = (world: World): Resource[] =>
  people
    .filter(({ conditions: lives }) => lives.length > 0)
    .flatMap((one) => [
      ...one.conditions.map((key) => goal(one, key, world)),
      careTeam(one, world),
      carePlan(one, world),
    ]);
