export const WAL = 'telemetry.wal.jsonl';
const SEGMENT = /^telemetry\.wal\.(\d{6,})\.jsonl$/;

/** A segment that is written no more: `telemetry.wal.000012.jsonl`. */
export const segmentName = (number: number): string => `telemetry.wal.${String(number).padStart(6, '0')}.jsonl`;

/** The number of a finished segment, or `undefined` for any other file. */
export function segmentNumber(name: string): number | undefined {
  const found = SEGMENT.exec(name);
  return found === null ? undefined : Number(found[1]);
}
