const ISO_TIME = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|z|[+-]\d{2}:\d{2})?)?$/;
const FIRST = -62_167_219_200_000;
const LAST = 253_402_300_799_999;

/** Returns the milliseconds since the epoch of an ISO 8601 date, or date and time. Without a zone it is UTC. */
export function parseIsoTime(text: string): number | undefined {
  const match = ISO_TIME.exec(text);
  if (match === null) return undefined;
  const [, date = '', time = '00:00', zone = 'Z'] = match;
  const day = Date.parse(date);
  const value = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  if (Number.isNaN(day) || Number.isNaN(value)) return undefined;
  // Date.parse reads February 30 as March 1.
  return new Date(day).toISOString().startsWith(date) ? value : undefined;
}

/** Returns the time in ISO 8601, if its year has four digits. */
export const formatIsoTime = (milliseconds: bigint): string | undefined =>
  milliseconds < FIRST || milliseconds > LAST ? undefined : new Date(Number(milliseconds)).toISOString();
