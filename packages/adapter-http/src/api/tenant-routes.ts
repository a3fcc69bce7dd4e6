import { routes, type TenantReply } from '@clarity-runtime/api-contract';
import { ClarityError, type Caller, type Runtime } from '@clarity-runtime/core';
import { decide, grantRequired } from '@clarity-runtime/core/internal';
import { jsonRoute, type HttpRoute } from '../http/route.ts';

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
  caller.tenant === 'default' && caller.door === 'http' && decide(caller, ADMIN).isAllowed;

const ADMIN = { verb: 'admin', target: 'everything' } as const;

/** Returns the routes of tenants. A server without tenants has an empty list of them and creates none. */
export const tenantRoutes = (
  { audit }: Pick<Runtime, 'audit'>,
  tenants: TenantOperations = withoutTenants,
): readonly HttpRoute[] => {
  const admit = async (caller: Caller, action: string): Promise<void> => {
    if (operatesTenants(caller)) return;
    const message = `Refused to ${action}: it requires 'admin'`;
    await audit.record({ kind: 'security.denied', level: 'warn', message, caller, data: { action, grant: 'admin' } });
    throw grantRequired(ADMIN);
  };
  return [
    jsonRoute(routes.listTenants, async ({ caller }) => {
      await admit(caller, 'list tenants');
      return { items: await tenants.list() };
    }),
    jsonRoute(routes.createTenant, async ({ caller, body }) => {
      await admit(caller, 'create a tenant');
      return { tenant: await tenants.create(caller, body.name) };
    }),
    jsonRoute(routes.removeTenant, async ({ caller, id, body }) => {
      await admit(caller, 'remove a tenant');
      const { services, tokens } = await tenants.remove(caller, id, body.force === true);
      return { removed: true as const, name: id, lost: { services, ...(tokens === undefined ? {} : { tokens }) } };
    }),
  ];
};

const withoutTenants: TenantOperations = {
  find: () => undefined,
  runtimes: () => [],
  list: () => Promise.resolve([]),
  create: () =>
    Promise.reject(
      new ClarityError('REQUEST_INVALID', 'this server has no tenants besides default', {
        hint: 'use clarityd with the store of a workspace',
      }),
    ),
  remove: () => Promise.reject(new ClarityError('TENANT_NOT_FOUND', '')),
};
