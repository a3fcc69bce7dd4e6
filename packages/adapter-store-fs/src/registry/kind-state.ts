import type { Versioned } from '@clarity-runtime/core/ports';
import type { RecordEntry } from '@clarity-runtime/core/registry';
import type { CheckpointFormat } from './checkpoint-file.ts';
import type { RegistryState } from './registry-state.ts';

/** The records of one kind, and the checkpoint that they are folded into. */
export interface KindState {
  readonly format: CheckpointFormat<unknown>;
  readonly base: RegistryState<unknown>;
  readonly records: Map<string, Versioned<unknown>>;
  changes: number;
  /** The checkpoint does not have the records. */
  isDirty: boolean;
}

/** Returns the state of a checkpoint. `isDirty`: the file has to be written again. */
export const kindStateOf = (
  format: CheckpointFormat<never>,
  base: RegistryState<unknown>,
  isDirty: boolean,
): KindState => ({
  format: format,
  base,
  records: new Map(base.records),
  changes: base.changes,
  isDirty,
});

/** Applies one change. */
export function applyEntry(state: KindState, { id, value, revision, writtenAt, op }: RecordEntry<unknown>): void {
  state.changes += 1;
  state.isDirty = true;
  if (value === undefined) state.records.delete(id);
  else state.records.set(id, { value, revision, writtenAt, op });
}
