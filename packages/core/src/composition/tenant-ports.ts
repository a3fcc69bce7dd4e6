import { DEFAULT_TENANT, isTenantId } from '../domain/access/tenant.ts';
import { ClarityError } from '../domain/errors/clarity-error.ts';
import type { Service } from '../domain/services/service.ts';
import type { CredentialProvider, CredentialRequest, LoginSealer, ServiceConnector, TenantId } from '../ports/index.ts';
import { find, findAll, type Container } from './container.ts';
import { PART, PORT, type Token } from './tokens.ts';

/** Returns the tenant of a runtime. */
export const tenantOf = (container: Container): TenantId => container.resolve(PART.options).tenant ?? DEFAULT_TENANT;

const RECORDS = ['list', 'get', 'put', 'remove', 'watch'] as const;

interface Row {
  readonly token: Token<object>;
  /** Operations whose first argument is a tenant. */
  readonly operations: readonly string[];
}

/** Checks the names of operations at compile time. */
const row = <T extends object>(token: Token<T>, operations: readonly (keyof T & string)[]): Row => ({
  token,
  operations,
});

/** Every port that the runtime calls with a tenant. */
const ROWS: readonly Row[] = [
  row(PORT.serviceRegistry, RECORDS),
  row(PORT.claimStore, RECORDS),
  row(PORT.policyRegistry, RECORDS),
  row(PORT.profileStore, RECORDS),
  row(PORT.accessTokenStore, RECORDS),
  row(PORT.approvalStore, RECORDS),
  row(PORT.loginStore, RECORDS),
  row(PORT.telemetry, ['append', 'events', 'read', 'verify', 'log', 'logs', 'dropLogs']),
  row(PORT.auditStore, ['append', 'read', 'newest', 'tail', 'verify']),
  row(PORT.secretStore, ['names', 'read', 'scope', 'write', 'remove']),
  row(PORT.interfaceStore, ['load', 'save', 'remove']),
  row(PORT.leases, ['acquire']),
];

/**
 * Replaces the ports of a runtime by views of its tenant: whatever tenant an operation names, the adapter receives that of the
 * runtime. So no part of the runtime can name a record of another tenant. A runtime of the tenant `default` has the adapters
 * themselves.
 * @throws ClarityError REQUEST_INVALID for a text that is not the name of a tenant, and for a tenant with other daemons.
 */
export function bindTenant(container: Container): void {
  const tenant = tenantOf(container);
  if (tenant === DEFAULT_TENANT) return;
  const refused = (reason: string): never => {
    throw new ClarityError('REQUEST_INVALID', reason, { field: 'options.tenant' });
  };
  if (!isTenantId(tenant)) refused('it is not the name of a tenant');
  // Daemons name services to each other without a tenant.
  if (find(container, PORT.peers) !== undefined) refused(`the runtime of tenant '${tenant}' cannot have peers`);
  for (const { token, operations } of ROWS) {
    const view = viewOf(container.resolve(token), new Set(operations), tenant);
    container.register(token, { useValue: view });
  }
  const sealer = sealerOf(container.resolve(PORT.loginSealer), tenant);
  container.register(PORT.loginSealer, { useValue: sealer });
}

/** The operations of a class with private members need the adapter as `this`. */
const viewOf = (adapter: object, operations: ReadonlySet<string>, tenant: TenantId): object =>
  new Proxy(adapter, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const operation = value as (...args: readonly unknown[]) => unknown;
      if (typeof name !== 'string' || !operations.has(name)) return operation.bind(target);
      return (_named: unknown, ...others: readonly unknown[]) => operation.call(target, tenant, ...others);
    },
  });

const sealerOf = (sealer: LoginSealer, tenant: TenantId): LoginSealer => ({
  ...(sealer.ephemeral === undefined ? {} : { ephemeral: sealer.ephemeral }),
  seal: (text, { record }) => sealer.seal(text, { tenant, record }),
  open: (sealed, { record }) => sealer.open(sealed, { tenant, record }),
});

/** Returns a connector that connects to services of a tenant, so that it resolves the credentials of this tenant. */
export function connectorOf(connector: ServiceConnector, tenant: TenantId): ServiceConnector {
  if (tenant === DEFAULT_TENANT) return connector;
  const ofTenant = (service: Service): Service => ({ ...service, tenant });
  return new Proxy(connector, {
    get: (target, name) => {
      if (name === 'connect') {
        const connect: ServiceConnector['connect'] = (service, events, options) =>
          target.connect(ofTenant(service), events, options);
        return connect;
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Returns the credential providers of a runtime, which resolve the credentials of its tenant. */
export function providersOf(container: Container): readonly CredentialProvider[] {
  const tenant = tenantOf(container);
  const providers = findAll(container, PORT.credentialProvider);
  return tenant === DEFAULT_TENANT ? providers : providers.map((provider) => providerOf(provider, tenant));
}

function providerOf(provider: CredentialProvider, tenant: TenantId): CredentialProvider {
  return {
    scheme: provider.scheme,
    resolve: (target, request) => provider.resolve(target, { ...request, tenant }),
    validate: (target, use) => provider.validate(target, { ...use, tenant }),
    ...(provider.admit === undefined
      ? {}
      : {
          admit: async (target: string, request: CredentialRequest) => provider.admit?.(target, { ...request, tenant }),
        }),
    ...(provider.rejected === undefined
      ? {}
      : {
          rejected: (target: string, version: string) => {
            provider.rejected?.(target, version);
          },
        }),
    health: () => provider.health(),
  };
}
