import type { ProblemEntry, ServiceEntry } from '../api/model.ts';
import { hasProblem, rankOf, stateOf } from './states.ts';

/** The filter of the service table. */
export interface ServiceFilter {
  readonly text: string;
  /** A state, `problem`, or empty. */
  readonly state: string;
  readonly kind: string;
  /** Id of a problem. */
  readonly cause: string;
}

type Compare = (a: ServiceEntry, b: ServiceEntry) => number;

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const share = ({ calls, failed }: ServiceEntry): number => (calls === 0 ? -1 : failed / calls);

const ORDERS: Readonly<Record<string, Compare>> = {
  state: (a, b) => rankOf(stateOf(a)) - rankOf(stateOf(b)),
  name: (a, b) => text(a.ns, b.ns),
  what: (a, b) => text(a.what, b.what),
  calls: (a, b) => b.calls - a.calls,
  errors: (a, b) => share(b) - share(a),
  p95: (a, b) => (b.p95Ms ?? -1) - (a.p95Ms ?? -1),
  tools: (a, b) => b.tools - a.tools,
  tokens: (a, b) => b.tokens - a.tokens,
  since: (a, b) => text(b.since ?? '', a.since ?? ''),
};

/** Returns a total order: services that are equal by the key are ordered by name, so that the order is stable. */
export function compareBy(key: string, isDescending: boolean): Compare {
  const order = Object.hasOwn(ORDERS, key) ? ORDERS[key] : undefined;
  const sign = isDescending ? -1 : 1;
  return (a, b) => (order === undefined ? 0 : order(a, b) * sign) || text(a.ns, b.ns) || text(a.id, b.id);
}

/** Returns whether a service passes the filter: every word is in its name, command or cause line. */
export function toFilterTest(
  { text: query, state, kind, cause }: ServiceFilter,
  problems: ReadonlyMap<string, ProblemEntry>,
): (service: ServiceEntry) => boolean {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return (service) => {
    if (cause !== '' && service.cause !== cause) return false;
    if (kind !== '' && service.kind !== kind) return false;
    if (state === 'problem' ? !hasProblem(service) : state !== '' && stateOf(service) !== state) return false;
    if (words.length === 0) return true;
    const line = service.cause === undefined ? '' : (problems.get(service.cause)?.line ?? '');
    const haystack = `${service.ns} ${service.what} ${line}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  };
}

/** Returns the rows in the order of `frozen`; rows that it does not name follow in their own order. */
export function keepOrder(rows: readonly ServiceEntry[], frozen: readonly string[]): readonly ServiceEntry[] {
  const places = new Map(frozen.map((id, index) => [id, index]));
  return rows
    .map((row, index) => ({ row, place: places.get(row.id) ?? frozen.length + index }))
    .sort((a, b) => a.place - b.place)
    .map(({ row }) => row);
}
