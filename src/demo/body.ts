import type { Person, World } from './world.ts';

/** What is usual for one person: readings vary around it. */
export type Body = {
  restingHeartRate: number;
  systolic: number;
  diastolic: number;
  /** kg. */
  weight: number;
  /** cm. */
  height: number;
  /** mg/dL, fasting. */
  glucose: number;
  /** A day. */
  steps: number;
  /** Hours a night. */
  sleep: number;
  oxygen: number;
};

/** Height and weight of children, every other year of age; https://www.who.int/tools/child-growth-standards (rounded). */
const growth: readonly (readonly [age: number, height: number, weight: number])[] = [
  [1, 75, 9.6],
  [3, 95, 14.3],
  [6, 116, 20.5],
  [8, 128, 25.6],
  [10, 138, 32],
  [12, 150, 41],
  [15, 168, 56],
  [17, 168, 60],
];

const has = (one: Person, key: Person['conditions'][number]): boolean => one.conditions.includes(key);

function stature(one: Person): { height: number; weight: number } {
  const child = growth.findLast(([age]) => age <= one.age);
  if (one.age < 18 && child) return { height: child[1], weight: child[2] };
  const height = one.gender === 'male' ? 178 : 165;
  const index = has(one, 'obesity') ? 33 : has(one, 'type2') ? 28 : 24;
  return { height, weight: index * (height / 100) ** 2 };
}

export function bodyOf(one: Person, world: World): Body {
  const dice = world.randomFor(`${one.id} body`);
  const pressure = has(one, 'hypertension') ? 17 : 0;
  const { height, weight } = stature(one);
  const lungs = has(one, 'copd') ? -4 : has(one, 'sleepApnea') ? -2 : 0;
  return {
    restingHeartRate: Math.round(dice.near(one.age < 13 ? 82 : 64, 4) + (has(one, 'atrialFibrillation') ? 12 : 0)),
    systolic: Math.round(dice.near(one.age < 13 ? 100 : 117, 4) + pressure),
    diastolic: Math.round(dice.near(one.age < 13 ? 64 : 75, 3) + pressure / 2),
    weight: Math.round(dice.near(weight, weight * 0.04) * 10) / 10,
    height: Math.round(dice.near(height, height * 0.025)),
    glucose: has(one, 'type1') ? 148 : has(one, 'type2') ? 138 : 92,
    steps: Math.round(dice.near(one.age > 58 ? 5200 : 7800, 1200)),
    sleep: has(one, 'sleepApnea') ? 5.8 : dice.near(7.1, 0.4),
    oxygen: 97 + lungs,
  };
}
