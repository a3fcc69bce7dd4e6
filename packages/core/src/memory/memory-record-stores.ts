import type { ApprovalRecord } from '../domain/access/approval-record.ts';
import type { Profile } from '../domain/access/profile.ts';
import type { TokenRecord } from '../domain/access/token-record.ts';
import type { PolicyDocument } from '../domain/calls/policy-document.ts';
import type { ClaimRecord } from '../domain/services/namespace.ts';
import type { ServiceRecord } from '../domain/services/service.ts';
import type { RecordBacking } from '../registry/record-backing.ts';
import { MemoryRecordStore } from './memory-record-store.ts';

/** A `ServiceRegistry` over a backing that stores its records. Default: in memory. */
export class MemoryServiceRegistry extends MemoryRecordStore<ServiceRecord> {
  constructor(backing?: RecordBacking<ServiceRecord>) {
    super({ idOf: ({ serviceId }) => serviceId, ...(backing === undefined ? {} : { backing }) });
  }
}

/** A `PolicyRegistry` over a backing that stores its records. Default: in memory. */
export class MemoryPolicyRegistry extends MemoryRecordStore<PolicyDocument> {
  constructor(backing?: RecordBacking<PolicyDocument>) {
    super({ idOf: ({ metadata }) => metadata.name, ...(backing === undefined ? {} : { backing }) });
  }
}

/** A `ProfileStore` over a backing that stores its records. Default: in memory. */
export class MemoryProfileStore extends MemoryRecordStore<Profile> {
  constructor(backing?: RecordBacking<Profile>) {
    super({ idOf: ({ metadata }) => metadata.name, ...(backing === undefined ? {} : { backing }) });
  }
}

/** An `AccessTokenStore` over a backing that stores its records. Default: in memory. */
export class MemoryAccessTokenStore extends MemoryRecordStore<TokenRecord> {
  constructor(backing?: RecordBacking<TokenRecord>) {
    super({ idOf: ({ name }) => name, ...(backing === undefined ? {} : { backing }) });
  }
}

/** An `ApprovalStore` over a backing that stores its records. Default: in memory. */
export class MemoryApprovalStore extends MemoryRecordStore<ApprovalRecord> {
  constructor(backing?: RecordBacking<ApprovalRecord>) {
    super({ idOf: ({ key }) => key, ...(backing === undefined ? {} : { backing }) });
  }
}

/** A `ClaimStore` over a backing that stores its records. Default: in memory. */
export class MemoryClaimStore extends MemoryRecordStore<ClaimRecord> {
  constructor(backing?: RecordBacking<ClaimRecord>) {
    super({ idOf: ({ name }) => name, ...(backing === undefined ? {} : { backing }) });
  }
}
