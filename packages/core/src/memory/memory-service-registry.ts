import type { ServiceRecord } from '../domain/services/service.ts';
import type { RecordBacking } from '../registry/record-backing.ts';
import { MemoryRecordStore } from './memory-record-store.ts';

/** A `ServiceRegistry` over a backing that stores its records. Default: in memory. */
export class MemoryServiceRegistry extends MemoryRecordStore<ServiceRecord> {
  constructor(backing?: RecordBacking<ServiceRecord>) {
    super({ idOf: ({ serviceId }) => serviceId, ...(backing === undefined ? {} : { backing }) });
  }
}
