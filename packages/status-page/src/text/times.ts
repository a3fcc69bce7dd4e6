import { signal } from '@preact/signals';
import { toSpan } from './numbers.ts';

/** Local times in the zone of the browser, or UTC. */
export const timeZone = signal<'local' | 'utc'>('local');

type Moment = number | string;

const two = (count: number): string => String(count).padStart(2, '0');

/** Returns a date whose local fields are those of the chosen zone. */
function inZone(at: Moment): Date {
  const date = new Date(at);
  return timeZone.value === 'local' ? date : new Date(date.getTime() + date.getTimezoneOffset() * 60_000);
}

/** Returns `14:05`. */
export function toClock(at: Moment): string {
  const date = inZone(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Returns `14:05:09`. */
export const toSecond = (at: Moment): string => `${toClock(at)}:${two(inZone(at).getSeconds())}`;

/** Returns `29 Nov`. */
export const toDay = (at: Moment): string => inZone(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });

/** Returns `29 Nov, 14:05:09`. */
export const toMoment = (at: Moment): string => `${toDay(at)}, ${toSecond(at)}`;

/** Returns `5 min ago`. */
export const toAgo = (at: Moment, now: number): string => `${toSpan(now - new Date(at).getTime())} ago`;
