const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Returns seconds as `42 s`, `5 min`, `3 h 20 min` or `2 d 4 h`. */
export function duration(seconds: number): string {
  if (seconds < MINUTE) return `${String(seconds)} s`;
  if (seconds < HOUR) return `${String(Math.floor(seconds / MINUTE))} min`;
  if (seconds < DAY) return pair(seconds, [HOUR, 'h'], [MINUTE, 'min']);
  return pair(seconds, [DAY, 'd'], [HOUR, 'h']);
}

export const plural = (count: number, noun: string): string => `${String(count)} ${noun}${count === 1 ? '' : 's'}`;

/** Returns `local_wasm` as `local wasm`. */
export const toWords = (constant: string): string => constant.toLowerCase().replaceAll('_', ' ');

/** Returns the local time, with the date if it is not today. */
export function moment(iso: string, now = new Date()): string {
  const at = new Date(iso);
  const time = at.toLocaleTimeString();
  return at.toDateString() === now.toDateString() ? time : `${at.toLocaleDateString()} ${time}`;
}

type Unit = readonly [size: number, name: string];

function pair(seconds: number, [large, largeName]: Unit, [small, smallName]: Unit): string {
  const rest = Math.floor((seconds % large) / small);
  const first = `${String(Math.floor(seconds / large))} ${largeName}`;
  return rest === 0 ? first : `${first} ${String(rest)} ${smallName}`;
}
