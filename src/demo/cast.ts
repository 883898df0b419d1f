import type { ConditionKey, DeviceKind } from './data/families.ts';
import { people } from './world.ts';

/** What a visitor is told of a demo patient before they read the record. */
export type CastMember = {
  /** Of the Patient. */
  id: string;
  name: string;
  /** Years. */
  age: number;
  conditions: readonly ConditionKey[];
  devices: readonly DeviceKind[];
};

/** Every demo patient, family by family. */
export const cast: readonly CastMember[] = people.map(({ id, name, age, conditions, devices }) => ({
  id,
  name,
  age,
  conditions,
  devices,
}));
