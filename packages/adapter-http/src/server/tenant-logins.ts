import type { LoginOperations, Runtime } from '@clarity-runtime/core';
import type { TenantOperations } from '../api/tenant-operations.ts';
import type { EndedLogins } from '../guard/browser-logins.ts';

/**
 * Logins of browsers that return to this server, of all its tenants. A redirect and a link name no tenant: they belong to the runtime
 * that made their random value, and no other one finds it. The value gives no rights in that tenant.
 */
export class TenantLogins implements EndedLogins {
  readonly #own: LoginOperations;
  readonly #tenants: Pick<TenantOperations, 'runtimes'> | undefined;

  constructor(own: Pick<Runtime, 'logins'>, tenants: Pick<TenantOperations, 'runtimes'> | undefined) {
    this.#own = own.logins;
    this.#tenants = tenants;
  }

  invited: EndedLogins['invited'] = (handle) =>
    this.#find((logins) => logins.invited(handle) !== undefined).invited(handle);

  accept: EndedLogins['accept'] = (handle, request) =>
    this.#find((logins) => logins.invited(handle) !== undefined).accept(handle, request);

  completeByState: EndedLogins['completeByState'] = (response, binding) =>
    this.#find((logins) => logins.awaits(response, binding)).completeByState(response, binding);

  /** Returns the logins that know a value; those of `default` refuse one that none knows. */
  #find(knows: (logins: LoginOperations) => boolean): LoginOperations {
    if (knows(this.#own)) return this.#own;
    for (const { logins } of this.#tenants?.runtimes() ?? []) if (knows(logins)) return logins;
    return this.#own;
  }
}
