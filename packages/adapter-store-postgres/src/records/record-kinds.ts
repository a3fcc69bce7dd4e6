import type {
  ApprovalRecord,
  ClaimRecord,
  LoginRecord,
  PolicyDocument,
  Profile,
  ServiceRecord,
  TokenRecord,
} from '@clarity-runtime/core';
import type {
  AccessTokenStore,
  ApprovalStore,
  ClaimStore,
  LoginStore,
  PolicyRegistry,
  ProfileStore,
  ServiceRegistry,
} from '@clarity-runtime/core/ports';
import { PgRecordStore, type PgRecordStoreOptions } from './record-store.ts';

/** The record stores of a runtime. */
export interface RecordStores {
  readonly registry: ServiceRegistry;
  readonly claims: ClaimStore;
  readonly policies: PolicyRegistry;
  readonly accessTokens: AccessTokenStore;
  readonly profiles: ProfileStore;
  readonly approvals: ApprovalStore;
  readonly logins: LoginStore;
}

/** Opens the record stores over one database. */
export function recordStores(common: Pick<PgRecordStoreOptions<never>, 'database' | 'durable'>): RecordStores {
  const { database, durable } = common;
  const open = <T>(kind: string, idOf: (value: T) => string): PgRecordStore<T> =>
    new PgRecordStore<T>({ database, durable, kind, idOf, isSupported });
  return {
    registry: open<ServiceRecord>('service', ({ serviceId }) => serviceId),
    claims: open<ClaimRecord>('claim', ({ name }) => name),
    policies: open<PolicyDocument>('policy', ({ metadata }) => metadata.name),
    accessTokens: open<TokenRecord>('token', ({ name }) => name),
    profiles: open<Profile>('profile', ({ metadata }) => metadata.name),
    approvals: open<ApprovalRecord>('approval', ({ key }) => key),
    logins: open<LoginRecord>('login', ({ id }) => id),
  };
}

/** A daemon of a later version may have written the record. */
function isSupported(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return 'schema' in value ? value.schema === 1 : 'apiVersion' in value && value.apiVersion === 'clarity.runtime/v1';
}
