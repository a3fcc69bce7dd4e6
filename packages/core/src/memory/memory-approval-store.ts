import type { ApprovalRecord } from '../domain/access/approval-record.ts';
import type { RecordBacking } from '../registry/record-backing.ts';
import { MemoryRecordStore } from './memory-record-store.ts';

/** An `ApprovalStore` over a backing that stores its records. Default: in memory. */
export class MemoryApprovalStore extends MemoryRecordStore<ApprovalRecord> {
  constructor(backing?: RecordBacking<ApprovalRecord>) {
    super({ idOf: ({ key }) => key, ...(backing === undefined ? {} : { backing }) });
  }
}
