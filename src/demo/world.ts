import type { Patient, Reference } from '@medplum/fhirtypes';

import { carrier, clinics, practitioners } from './data/clinics.ts';
import type { Family, Member } from './data/families.ts';
import { families } from './data/families.ts';
import type { Random } from './random.ts';
import { random } from './random.ts';
import { slug, to } from './shapes.ts';

/** What every part of the world is made from. */
export type World = {
  /** YYYY-MM-DD; every date in the world is relative to it. */
  today: string;
  /** Where this server can be reached, without a trailing slash: in addresses of video visits. */
  origin: string;
  randomFor(subject: string): Random;
};

/** A member of a family, with what follows from the tables. */
export type Person = Member & {
  id: string;
  /** As one says it: `Amara Osei`. */
  name: string;
  household: Family;
  clinicId: string;
  /** Their family doctor. */
  doctorId: string;
};

export const makeWorld = (today: string, seed: number, origin: string): World => ({
  today,
  origin,
  randomFor: (subject) => random(seed, subject),
});

/** Children see the pediatrician; everybody else a generalist of the clinic in their town. */
function doctorOf(member: Member, clinicId: string): string {
  if (member.role === 'child' && member.age < 16) return 'dr-mei-castellane';
  const generalist = practitioners.find((one) => one.clinic === clinicId && one.specialty[0] === '394814009');
  return generalist?.id ?? practitioners[0]?.id ?? '';
}

function person(household: Family, member: Member): Person {
  const name = `${member.given} ${member.family ?? household.family}`;
  const clinicId = clinics.find(({ city }) => city === household.city)?.id ?? clinics[0].id;
  return { ...member, id: slug(name), name, household, clinicId, doctorId: doctorOf(member, clinicId) };
}

/** Everybody who is a patient, family by family. */
export const people: readonly Person[] = families.flatMap((household) =>
  household.members.map((member) => person(household, member)),
);

/** Whoever speaks for a child: the subscriber of the household. */
export function subscriberOf(one: Person): Person {
  const found = people.find(({ household, role }) => household === one.household && role === 'subscriber');
  return found ?? one;
}

export const toPatient = (one: Person): Reference<Patient> => to<Patient>('Patient', one.id, one.name);

export const carrierReference = { reference: `Organization/${carrier.id}`, display: carrier.name };
