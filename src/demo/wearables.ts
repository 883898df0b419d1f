import type { Device, Observation, Resource } from '@medplum/fhirtypes';

import type { Body } from './body.ts';
import { bodyOf } from './body.ts';
import { at, dayAfter } from './calendar.ts';
import { devices } from './data/devices.ts';
import type { DeviceKind } from './data/families.ts';
import type { MeasureKey, When } from './measures.ts';
import { pressures, reading, sleepStages, valued } from './measures.ts';
import type { Random } from './random.ts';
import { coding, identifier, systems } from './shapes.ts';
import type { Person, World } from './world.ts';
import { people, toPatient } from './world.ts';

/** Readings end yesterday, so that none is in the future whatever the hour. */
const DAYS = 30;

/** One day of one device of one person. `day` runs from 1, the oldest. */
type Day = { one: Person; body: Body; dice: Random; date: string; day: number; deviceId: string };

const tenth = (value: number): number => Math.round(value * 10) / 10;

function take(
  from: Day,
  key: MeasureKey,
  name: string,
  when: When,
  value: Pick<Observation, 'valueQuantity' | 'component'>,
): Observation {
  const id = `${from.one.id}-${name}-d${String(from.day).padStart(2, '0')}`;
  return { ...reading(id, key, from.one, when, { deviceId: from.deviceId }), ...value };
}

/** How much of the day's activity falls on each hour: quiet nights, a walk to work, a walk after dinner. */
const rhythm = [0, 0, 0, 0, 0, 2, 8, 18, 22, 14, 12, 14, 18, 16, 12, 12, 16, 24, 28, 20, 12, 8, 4, 1];

function watchDay(from: Day): Observation[] {
  const { body, dice, date } = from;
  const irregular = from.one.conditions.includes('atrialFibrillation');
  const weekend = [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay());
  const rates: Observation[] = [];
  for (let hour = from.day % 2; hour < 24; hour += 2) {
    // Off the wrist for a shower, a charge, or no reason at all.
    if (dice.chance(0.08)) continue;
    const value = Math.round(dice.near(body.restingHeartRate + (rhythm[hour] ?? 0), irregular ? 14 : 4));
    const when = { effectiveDateTime: at(date, hour * 60 + dice.whole(0, 50)) };
    rates.push(
      take(from, 'heartRate', `heart-rate-h${String(hour).padStart(2, '0')}`, when, valued('heartRate', value)),
    );
  }
  const night = Math.max(3.5, dice.near(body.sleep + (weekend ? 0.6 : 0), 0.6));
  const slept = Math.round(night * 60);
  const woke = 360 + dice.whole(0, 60) + (weekend ? 45 : 0);
  const deep = Math.round(slept * dice.near(0.18, 0.02));
  const rem = Math.round(slept * dice.near(0.22, 0.02));
  const wholeDay = { effectivePeriod: { start: at(date, 0), end: at(date, 1439) } };
  return [
    ...rates,
    take(
      from,
      'restingHeartRate',
      'resting-heart-rate',
      // As a Period it would break vs-1 of the vital signs profiles, which only a dateTime satisfies.
      { effectiveDateTime: date },
      valued('restingHeartRate', body.restingHeartRate + dice.whole(-2, 3)),
    ),
    take(
      from,
      'steps',
      'steps',
      wholeDay,
      valued('steps', Math.max(350, Math.round(dice.near(body.steps * (weekend ? 0.85 : 1), 1700)))),
    ),
    take(
      from,
      'sleep',
      'sleep',
      { effectivePeriod: { start: at(date, woke - slept), end: at(date, woke) } },
      { ...valued('sleep', tenth(slept / 60)), ...sleepStages(slept - deep - rem, deep, rem) },
    ),
    take(
      from,
      'oxygen',
      'oxygen',
      { effectiveDateTime: at(date, 180 + dice.whole(0, 59)) },
      valued('oxygen', Math.min(100, Math.round(dice.near(body.oxygen, 0.8)))),
    ),
  ];
}

function cuffDay(from: Day): Observation[] {
  const { body, dice, date } = from;
  // A medicine that works shows over the month.
  const better = from.day / 5;
  const times = [
    ['morning', 435, 4],
    ['evening', 1170, 0],
  ] as const;
  return times.flatMap(([name, minutes, higher]) => {
    if (dice.chance(0.12)) return [];
    const when = { effectiveDateTime: at(date, minutes + dice.whole(0, 70)) };
    const systolic = Math.round(dice.near(body.systolic + higher - better, 5));
    const diastolic = Math.round(dice.near(body.diastolic + higher / 2 - better / 2, 3));
    return [take(from, 'bloodPressure', `blood-pressure-${name}`, when, pressures(systolic, diastolic))];
  });
}

function scaleDay(from: Day): Observation[] {
  if (from.dice.chance(0.15)) return [];
  const when = { effectiveDateTime: at(from.date, 400 + from.dice.whole(0, 60)) };
  const weight = from.dice.near(from.body.weight - from.day * 0.04, 0.35);
  return [take(from, 'weight', 'weight', when, valued('weight', tenth(weight)))];
}

function glucometerDay(from: Day): Observation[] {
  const { body, dice, date } = from;
  const often = from.one.conditions.includes('type1');
  const times = [
    ['breakfast', 425, 0],
    ...(often ? ([['lunch', 725, 12]] as const) : []),
    ['dinner', 1140, 26],
    ...(often ? ([['bedtime', 1330, 14]] as const) : []),
  ] as const;
  return times.flatMap(([name, minutes, higher]) => {
    if (dice.chance(0.07)) return [];
    const value = Math.max(62, Math.round(dice.near(body.glucose + higher, often ? 30 : 14)));
    const when = { effectiveDateTime: at(date, minutes + dice.whole(0, 25)) };
    return [take(from, 'glucose', `glucose-${name}`, when, valued('glucose', value))];
  });
}

const daysOf: Readonly<Record<DeviceKind, (from: Day) => Observation[]>> = {
  watch: watchDay,
  cuff: cuffDay,
  scale: scaleDay,
  glucometer: glucometerDay,
};

function device(one: Person, kind: DeviceKind, id: string): Device {
  const about = devices[kind];
  return {
    resourceType: 'Device',
    id,
    identifier: [identifier('device', id)],
    status: 'active',
    manufacturer: about.manufacturer,
    serialNumber: `${about.model}-${String(people.indexOf(one) + 4001)}`,
    deviceName: [{ name: about.name, type: 'user-friendly-name' }],
    modelNumber: about.model,
    type: { coding: [coding(systems.mdc, about.type)], text: about.name },
    patient: toPatient(one),
  };
}

/** The devices people have at home, and thirty days of what they measured, with a few days forgotten. */
export const wearableResources = (world: World): Resource[] =>
  people.flatMap((one) => {
    const body = bodyOf(one, world);
    return one.devices.flatMap((kind): Resource[] => {
      const deviceId = `${one.id}-${kind}`;
      const dice = world.randomFor(deviceId);
      const readings = Array.from({ length: DAYS }, (_, index) => index + 1).flatMap((day) => {
        if (dice.chance(0.04)) return [];
        return daysOf[kind]({ one, body, dice, date: dayAfter(world.today, day - DAYS - 1), day, deviceId });
      });
      return [device(one, kind, deviceId), ...readings];
    });
  });
