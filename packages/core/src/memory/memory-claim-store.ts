import type { ClaimRecord } from '../domain/services/namespace.ts';
import type { RecordBacking } from '../registry/record-backing.ts';
import { MemoryRecordStore } from './memory-record-store.ts';

/** A `ClaimStore` over a backing that stores its records. Default: in memory. */
export class MemoryClaimStore extends MemoryRecordStore<ClaimRecord> {
  constructor(backing?: RecordBacking<ClaimRecord>) {
    super({ idOf: ({ name }) => name, ...(backing === undefined ? {} : { backing }) });
  }
}
