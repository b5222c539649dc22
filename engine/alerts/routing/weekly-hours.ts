import { z } from 'zod';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const WEEK_MINUTES = 7 * DAY_MINUTES;

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

/** Hours that come back every week. `to` at or before `from` is on the next day. */
export const weeklyHoursSchema = z.strictObject({
  days: z
    .array(z.enum(DAYS))
    .min(1)
    .max(7)
    .default([...DAYS]),
  from: timeOfDay,
  to: timeOfDay,
  /** IANA time zone. */
  timezone: z.string().max(60).default('UTC').refine(isTimezone),
});
export type WeeklyHours = z.infer<typeof weeklyHoursSchema>;

/** Whether a moment (milliseconds since 1970) lies within, the end excluded. */
export function isWithin(hours: WeeklyHours, at: number): boolean {
  const now = minuteOfWeek(at, hours.timezone);
  return starts(hours).some((start) => (now - start + WEEK_MINUTES) % WEEK_MINUTES < lengthOf(hours));
}

/** When they next begin; the moment itself when it lies within. */
export function nextWithin(hours: WeeklyHours, at: number): number {
  if (isWithin(hours, at)) return at;
  const now = minuteOfWeek(at, hours.timezone);
  const wait = Math.min(...starts(hours).map((start) => (start - now + WEEK_MINUTES) % WEEK_MINUTES || WEEK_MINUTES));
  const guess = Math.floor(at / MINUTE_MS) * MINUTE_MS + wait * MINUTE_MS;
  // The clocks may have been changed in between.
  const drift = now + wait - minuteOfWeek(guess, hours.timezone);
  const shift = ((drift + WEEK_MINUTES + WEEK_MINUTES / 2) % WEEK_MINUTES) - WEEK_MINUTES / 2;
  return guess + shift * MINUTE_MS;
}

function starts({ days, from }: WeeklyHours): number[] {
  return days.map((day) => DAYS.indexOf(day) * DAY_MINUTES + minutes(from));
}

function lengthOf({ from, to }: WeeklyHours): number {
  const length = minutes(to) - minutes(from);
  return length > 0 ? length : length + DAY_MINUTES;
}

function minutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function minuteOfWeek(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  const day = (DAYS as readonly string[]).indexOf(part('weekday').toLowerCase());
  return day * DAY_MINUTES + Number(part('hour')) * 60 + Number(part('minute'));
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
