import { routes } from '@clarity-runtime/api-contract';
import { ClarityError, type Caller, type Runtime } from '@clarity-runtime/core';
import { grantRequired } from '@clarity-runtime/core/internal';
import { jsonRoute, type HttpRoute } from '../http/route.ts';
import { ADMIN, operatesTenants, type TenantOperations } from './tenant-operations.ts';

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
