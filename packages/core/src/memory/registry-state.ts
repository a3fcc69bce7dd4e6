import type { ServiceRecord } from '../domain/service.ts';
import { StoreError } from '../domain/store-error.ts';
import type { Expect, Versioned, WriteContext } from '../ports/index.ts';

/** Everything that a registry knows, as one immutable value: a change makes a new one. */
export interface RegistryState {
  /** Number of accepted changes; revisions come from it, so none is ever used twice. */
  readonly changes: number;
  readonly records: ReadonlyMap<string, Versioned<ServiceRecord>>;
}

export const emptyRegistry: RegistryState = { changes: 0, records: new Map() };

export interface AcceptedPut {
  readonly state: RegistryState;
  readonly item: Versioned<ServiceRecord>;
}

/** The state after a put; a StoreError with kind `conflict` when `expect` is not what is there. */
export function putRecord(
  state: RegistryState,
  record: ServiceRecord,
  expect: Expect,
  write: { readonly context: WriteContext; readonly at: Date },
): AcceptedPut {
  const { context, at } = write;
  const found = state.records.get(record.serviceId);
  if (found?.op === context.op && sameContent(found.value, record)) return { state, item: found };
  check(found, expect, record.serviceId);
  const changes = state.changes + 1;
  const item: Versioned<ServiceRecord> = {
    value: structuredClone(record),
    revision: `r${String(changes)}`,
    writtenAt: at.toISOString(),
    op: context.op,
  };
  return { state: { changes, records: new Map(state.records).set(record.serviceId, item) }, item };
}

/** The state after a removal; removing what is absent changes nothing when nothing or anything was expected. */
export function removeRecord(state: RegistryState, serviceId: string, expect: Expect): RegistryState {
  const found = state.records.get(serviceId);
  if (found === undefined && (expect === 'any' || expect === 'absent')) return state;
  check(found, expect, serviceId);
  const records = new Map(state.records);
  records.delete(serviceId);
  return { changes: state.changes + 1, records };
}

/** A copy that nobody else holds. */
export const copyOf = (item: Versioned<ServiceRecord>): Versioned<ServiceRecord> => structuredClone(item);

/** Copies of all records, ordered by service id. */
export const listRecords = ({ records }: RegistryState): readonly Versioned<ServiceRecord>[] =>
  [...records.values()].map(copyOf).sort((a, b) => (a.value.serviceId < b.value.serviceId ? -1 : 1));

function check(found: Versioned<ServiceRecord> | undefined, expect: Expect, serviceId: string): void {
  const current = found?.revision ?? 'absent';
  if (expect !== 'any' && expect !== current) {
    throw new StoreError('conflict', `${serviceId} is at '${current}', not at '${expect}'`, { current });
  }
}

const sameContent = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
