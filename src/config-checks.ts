import { resolve } from 'node:path';
import { z } from 'zod';

import { type Target, targetOf } from './db/target.ts';

/** One setting: what its text must be, said so that it completes "PORT must be …". */
export type Setting<T> = {
  /** The text it has when the environment has none; null: none, and the server does without. */
  default: string | null;
  /** What its number counts, where it is one. */
  unit: string | null;
  must: string;
  about: string;
  check: z.ZodType<T, string>;
};

export const setting = <T>(
  check: z.ZodType<T, string>,
  must: string,
  about: string,
  rest: { default?: string; unit?: string } = {},
): Setting<T> => ({ check, must, about, default: rest.default ?? null, unit: rest.unit ?? null });

export const whole = (least: number, most: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d{1,12}$/)
    .transform(Number)
    .refine((value) => value >= least && value <= most);

export const word = <const W extends string>(...words: W[]): z.ZodType<W, string> =>
  z.string().transform((text, context) => {
    const found = words.find((one) => one === text);
    if (found === undefined) context.addIssue({ code: 'custom', message: 'another word' });
    return found ?? z.NEVER;
  });

export const onOff = word('on', 'off');
export const text = z.string().min(1);
export const path = text.transform((value) => resolve(value));

export const url = z.string().transform((value, context) => {
  const parsed = URL.parse(value);
  const good = parsed && /^https?:$/.test(parsed.protocol) && !parsed.search && !parsed.hash && !parsed.username;
  if (!good) context.addIssue({ code: 'custom', message: 'not a URL' });
  return value.replace(/\/+$/, '');
});

export const list = z.string().transform((value) => value.split(/[\s,]+/).filter((one) => one !== ''));

export const database = z.string().transform((value, context): Target => {
  try {
    return targetOf(value);
  } catch {
    context.addIssue({ code: 'custom', message: 'not a URL' });
    return z.NEVER;
  }
});

export const megabytes = whole(1, 1024).transform((value) => value * 2 ** 20);

/** A setting that cannot be used; the message is for the operator. */
export class WrongSetting extends Error {}
