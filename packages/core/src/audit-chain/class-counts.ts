import { EVENT_CLASSES, eventClassOf } from '../domain/audit/event-class.ts';
import { EVENT_KINDS } from '../domain/audit/event-kinds.ts';

/** Running totals of the events of each class, in the order of `EVENT_CLASSES`. */
export type ClassCounts = readonly [changes: number, denials: number, calls: number];

export const NO_COUNTS: ClassCounts = [0, 0, 0];

/** Beginning of the JSON of an event that the runtime encodes. */
const BEGIN = '{"at":"';
const KIND = '","kind":"';
/** Maximum length of the time of such an event. */
const MAX_AT_LENGTH = 40;
const BACKSLASH = '\\';
const INDEXES: ReadonlyMap<string, number> = new Map(
  Object.keys(EVENT_KINDS).map((kind) => [kind, EVENT_CLASSES.indexOf(eventClassOf(kind))]),
);

/** Returns the index in `EVENT_CLASSES` of an event in JSON. Hot path: does not parse an event of the runtime. */
export function classIndexOf(json: string): number {
  const kind = kindIn(json) ?? String((JSON.parse(json) as { readonly kind?: unknown }).kind);
  return INDEXES.get(kind) ?? EVENT_CLASSES.indexOf(eventClassOf(kind));
}

/** Returns the kind of an event that begins as the runtime encodes it; undefined for another one. */
function kindIn(json: string): string | undefined {
  if (!json.startsWith(BEGIN)) return undefined;
  // Only the end of a text can be followed by these characters: a quote inside a text has a backslash in front.
  const at = json.indexOf(KIND, BEGIN.length);
  if (at < 0 || at > BEGIN.length + MAX_AT_LENGTH || json.lastIndexOf('"', at - 1) >= BEGIN.length) return undefined;
  const start = at + KIND.length;
  const kind = json.slice(start, json.indexOf('"', start));
  return json[at - 1] === BACKSLASH || kind.includes(BACKSLASH) ? undefined : kind;
}

/** Returns `counts` after `added` events of one class. */
export function countsWith(counts: ClassCounts, classIndex: number, added: number): ClassCounts {
  const sums: [number, number, number] = [...counts];
  sums[classIndex as 0 | 1 | 2] += added;
  return sums;
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
