export const WAL = 'telemetry.wal.jsonl';
const SEGMENT = /^telemetry\.wal\.(\d{6,})\.jsonl$/;

/** A segment that is written no more: `telemetry.wal.000012.jsonl`. */
export const segmentName = (number: number): string => `telemetry.wal.${String(number).padStart(6, '0')}.jsonl`;

/** The number of a finished segment, or `undefined` for any other file. */
export function segmentNumber(name: string): number | undefined {
  const found = SEGMENT.exec(name);
  return found === null ? undefined : Number(found[1]);
}

/** The segments among the files, in the order in which they were written; the one that is written to now has no end. */
export const segmentsOf = (names: readonly string[]): readonly { readonly name: string; readonly number: number }[] =>
  names
    .map((name) => ({ name, number: name === WAL ? Infinity : segmentNumber(name) }))
    .flatMap(({ name, number }) => (number === undefined ? [] : [{ name, number }]))
    .sort((a, b) => a.number - b.number);
