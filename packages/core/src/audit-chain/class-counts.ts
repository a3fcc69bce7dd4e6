import { EVENT_CLASSES, eventClassOf } from '../domain/audit/event-class.ts';

/** Running totals of the events of each class, in the order of `EVENT_CLASSES`. */
export type ClassCounts = readonly [changes: number, denials: number, calls: number];

export const NO_COUNTS: ClassCounts = [0, 0, 0];

/** Beginning of the JSON of an event that the runtime encodes. */
const KIND = /^\{"at":"[^"\\]{0,40}","kind":"([^"\\]*)"/;

/** Returns the index in `EVENT_CLASSES` of an event in JSON. Hot path: does not parse an event of the runtime. */
export function classIndexOf(json: string): number {
  const kind = KIND.exec(json)?.[1] ?? (JSON.parse(json) as { readonly kind?: unknown }).kind;
  return EVENT_CLASSES.indexOf(eventClassOf(String(kind)));
}

/** Returns `counts` after events. */
export function countsAfter(counts: ClassCounts, events: readonly { readonly json: string }[]): ClassCounts {
  const sums: [number, number, number] = [...counts];
  for (const { json } of events) sums[classIndexOf(json) as 0 | 1 | 2] += 1;
  return sums;
}

/** Returns the number of all events between two totals. */
export const countBetween = (from: ClassCounts, to: ClassCounts): number =>
  to[0] + to[1] + to[2] - from[0] - from[1] - from[2];
