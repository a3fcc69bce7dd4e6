import type { IncomingMessage } from 'node:http';
import type { Caller, Runtime } from '@clarity-runtime/core';
import { DEFAULT_TENANT } from '@clarity-runtime/core/internal';
import { operatesTenants, type TenantOperations } from '../api/tenant-operations.ts';
import { countHeader } from '../guard/credentials.ts';
import type { LoginRefusals } from '../guard/login-refusals.ts';
import { refusal } from '../http/request-error.ts';
import type { RuntimeEdge } from './runtime-edge.ts';

/** Names the tenant in which an operator of all tenants acts. */
export const TENANT_HEADER = 'x-clarity-tenant';

export interface TenantEdgesDependencies {
  /** The edge of the runtime that the server was made for. */
  readonly own: RuntimeEdge;
  readonly tenants: TenantOperations | undefined;
  readonly create: (runtime: Runtime) => RuntimeEdge;
  readonly refusals: Pick<LoginRefusals, 'of'>;
}

/** A caller with the edge of its tenant. */
export interface TenantAccess {
  readonly edge: RuntimeEdge;
  readonly caller: Caller;
}

/** The edges of the tenants of a server. */
export class TenantEdges {
  readonly #parts: TenantEdgesDependencies;
  readonly #edges = new WeakMap<Runtime, RuntimeEdge>();

  constructor(parts: TenantEdgesDependencies) {
    this.#parts = parts;
  }

  /**
   * Returns the edge for a request: that of the tenant of its caller. An operator of all tenants may name another one. For every other
   * caller each other tenant is unknown, whether it exists or not.
   * @throws RequestError 404 TENANT_NOT_FOUND, 401 for a caller whose tenant does not exist any more.
   */
  of(req: IncomingMessage, caller: Caller): TenantAccess | Promise<never> {
    const { own, tenants, refusals } = this.#parts;
    const { [TENANT_HEADER]: named } = req.headers;
    const tenant = named === undefined ? caller.tenant : chosen(req, caller, named);
    if (tenant === DEFAULT_TENANT) return { edge: own, caller };
    const runtime = tenants?.find(tenant);
    if (runtime !== undefined) return { edge: this.#edgeOf(runtime), caller: inTenant(caller, tenant) };
    if (tenant !== caller.tenant) throw notFound();
    // The runtime of a program that identifies its callers refuses those of another tenant itself.
    if (tenants === undefined) return { edge: own, caller };
    return refusals
      .of(req, caller.door === 'mcp' ? 'mcp' : 'http', 'token invalid')
      .then((error) => Promise.reject(error));
  }

  #edgeOf(runtime: Runtime): RuntimeEdge {
    const edge = this.#edges.get(runtime) ?? this.#parts.create(runtime);
    this.#edges.set(runtime, edge);
    return edge;
  }
}

/** Returns the tenant that a request names. */
function chosen(req: IncomingMessage, caller: Caller, named: string | readonly string[]): string {
  if (typeof named !== 'string' || countHeader(req, TENANT_HEADER) > 1) throw notFound();
  if (named === caller.tenant || operatesTenants(caller)) return named;
  throw notFound();
}

/** The name is not repeated: the refusal is the same for each name. */
const notFound = (): Error => refusal(404, 'TENANT_NOT_FOUND', '');

const inTenant = (caller: Caller, tenant: string): Caller =>
  caller.tenant === tenant ? caller : { ...caller, tenant };
