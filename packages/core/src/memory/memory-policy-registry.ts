import type { PolicyDocument } from '../domain/calls/policy-document.ts';
import type { RecordBacking } from '../registry/record-backing.ts';
import { MemoryRecordStore } from './memory-record-store.ts';

/** A `PolicyRegistry` over a backing that stores its records. Default: in memory. */
export class MemoryPolicyRegistry extends MemoryRecordStore<PolicyDocument> {
  constructor(backing?: RecordBacking<PolicyDocument>) {
    super({ idOf: ({ metadata }) => metadata.name, ...(backing === undefined ? {} : { backing }) });
  }
}
