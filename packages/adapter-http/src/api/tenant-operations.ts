import type { TenantReply } from '@clarity-runtime/api-contract';
import type { Caller, Runtime } from '@clarity-runtime/core';
import { decide, DEFAULT_TENANT } from '@clarity-runtime/core/internal';

/** Records of a tenant that its removal deletes. */
interface LostRecords {
  /** Names of the services. */
  readonly services: readonly string[];
  /** Number of active access tokens; undefined if it cannot be read. */
  readonly tokens?: number | undefined;
}

/** The tenants of a daemon besides `default`. Each has a runtime of its own, over stores of its own. */
export interface TenantOperations {
  /** Returns the runtime of a tenant; undefined if the tenant does not exist or its state cannot be used. */
  find(name: string): Runtime | undefined;
  /** Returns all runtimes of tenants. */
  runtimes(): readonly Runtime[];
  list(): Promise<readonly TenantReply[]>;
  /** @throws ClarityError TENANT_NAME_TAKEN, QUOTA_EXCEEDED, REQUEST_INVALID, STORE_UNAVAILABLE */
  create(caller: Caller, name: string): Promise<TenantReply>;
  /**
   * Ends the runtime of a tenant and deletes everything of it. With services it needs `force`.
   * @throws ClarityError TENANT_NOT_FOUND, TENANT_IN_USE, STORE_UNAVAILABLE
   */
  remove(caller: Caller, name: string, force: boolean): Promise<LostRecords>;
}

/** Returns whether a caller operates all tenants: it administers everything of the tenant `default`, at the API. */
export const operatesTenants = (caller: Caller): boolean =>
  caller.tenant === DEFAULT_TENANT && caller.door === 'http' && decide(caller, ADMIN).isAllowed;

/** The access that `operatesTenants` requires. */
export const ADMIN = { verb: 'admin', target: 'everything' } as const;
