import { z } from 'zod';
import { del, get, post } from './route.ts';
import { named, whole, type Immutable } from './schemas.ts';

const tenant = named('Tenant', () =>
  z.object({
    name: z.string(),
    state: z
      .enum(['open', 'failed'])
      .meta({ description: '`failed`: its state cannot be used, so nothing of it is served.' }),
    reason: z.string().optional().meta({ description: 'Why the state cannot be used.' }),
    services: whole.optional(),
    tokens: whole.optional().meta({ description: 'Active access tokens.' }),
  }),
);
/** A tenant in a reply. */
export type TenantReply = Immutable<z.output<typeof tenant>>;

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/)
  .meta({ description: '1 to 63 characters: lower-case letters, digits, `_`, `-`; the first is a letter or a digit.' });

/** Routes of tenants, for operators of all tenants. */
export const tenantsRoutes = {
  listTenants: get('/api/tenants', 'Returns the tenants besides `default`, ordered by name.', {
    grant: 'admin',
    reply: named('TenantList', () => z.object({ items: z.array(tenant) })),
  }),
  createTenant: post('/api/tenants', 'Creates a tenant without services, tokens, policies and secrets.', {
    grant: 'admin',
    body: z.strictObject({ name }),
    reply: named('NamedTenant', () => z.object({ tenant })),
    errors: ['TENANT_NAME_TAKEN', 'QUOTA_EXCEEDED', 'STORE_UNAVAILABLE'],
  }),
  removeTenant: del('/api/tenants/:id', 'Deletes a tenant with all its records, secrets and audit events.', {
    grant: 'admin',
    body: z.strictObject({
      force: z.boolean().optional().meta({ description: 'Also deletes a tenant that has services.' }),
    }),
    reply: named('RemovedTenant', () =>
      z.object({
        removed: z.literal(true),
        name: z.string(),
        lost: z.object({ services: z.array(z.string()), tokens: whole.optional() }),
      }),
    ),
    errors: ['TENANT_NOT_FOUND', 'TENANT_IN_USE', 'STORE_UNAVAILABLE'],
  }),
};
