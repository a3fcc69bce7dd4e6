import type { Profile } from '../domain/access/profile.ts';
import type { RecordBacking } from '../registry/record-backing.ts';
import { MemoryRecordStore } from './memory-record-store.ts';

/** A `ProfileStore` over a backing that stores its records. Default: in memory. */
export class MemoryProfileStore extends MemoryRecordStore<Profile> {
  constructor(backing?: RecordBacking<Profile>) {
    super({ idOf: ({ metadata }) => metadata.name, ...(backing === undefined ? {} : { backing }) });
  }
}
