import type { TokenRecord } from '../domain/access/token-record.ts';
import type { RecordBacking } from '../registry/record-backing.ts';
import { MemoryRecordStore } from './memory-record-store.ts';

/** An `AccessTokenStore` over a backing that stores its records. Default: in memory. */
export class MemoryAccessTokenStore extends MemoryRecordStore<TokenRecord> {
  constructor(backing?: RecordBacking<TokenRecord>) {
    super({ idOf: ({ name }) => name, ...(backing === undefined ? {} : { backing }) });
  }
}
