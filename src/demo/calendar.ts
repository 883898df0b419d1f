/** The clinics keep one clock all year; a demo needs no summer time. */
const OFFSET = '-05:00';

/** A zone of the IANA database that keeps it all year as well. */
export const zone = 'America/Panama';

const MS_PER_DAY = 86_400_000;

/** The day so many days after (or, negative, before) `date`; both as YYYY-MM-DD. */
export function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * MS_PER_DAY).toISOString().slice(0, 10);
}

const two = (number: number): string => String(number).padStart(2, '0');

/** An instant at the clinics. `minutes` count from midnight and may pass it: 1500 is 01:00 of the next day. */
export function at(date: string, minutes: number): string {
  const day = dayAfter(date, Math.floor(minutes / 1440));
  const rest = ((minutes % 1440) + 1440) % 1440;
  return `${day}T${two(Math.floor(rest / 60))}:${two(rest % 60)}:00${OFFSET}`;
}

/** Monday to Friday. */
export function isWorkday(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`).getUTCDay();
  return day !== 0 && day !== 6;
}

/** The last workday so many days before `date`, or earlier when that is a weekend. */
export function workdayBefore(date: string, days: number): string {
  const day = dayAfter(date, -days);
  return isWorkday(day) ? day : workdayBefore(date, days + 1);
}

/** The first of `length` workdays after `date`, in order. */
export function workdaysAfter(date: string, length: number): string[] {
  const days: string[] = [];
  for (let ahead = 1; days.length < length; ahead++) {
    const day = dayAfter(date, ahead);
    if (isWorkday(day)) days.push(day);
  }
  return days;
}

/** A birth date that makes somebody `age` years old on `today`, `days` after their birthday. */
export function bornOn(today: string, age: number, days: number): string {
  const birthday = dayAfter(today, -days);
  const year = Number(birthday.slice(0, 4)) - age;
  // 29 February is not in every year.
  return `${year}${birthday.slice(4) === '-02-29' ? '-02-28' : birthday.slice(4)}`;
}
