import type { Caller, CallerKind, Grant } from '@clarity-runtime/core';

/** The two protected doors of HTTP: the API for operators, the MCP endpoint for clients and their models. */
export type HttpDoor = 'http' | 'mcp';

export type Callers = (kind: CallerKind, id: string, door: HttpDoor) => Caller;

const OPERATOR: ReadonlySet<Grant> = new Set(['read', 'call', 'operate', 'provision', 'secrets']);
const CLIENT: ReadonlySet<Grant> = new Set(['read', 'call', 'operate']);

const APPROVED_CLIENT: ReadonlySet<Grant> = new Set([...CLIENT, 'provision']);

function clientGrants(mcpProvisioning: boolean | 'approve'): ReadonlySet<Grant> {
  if (mcpProvisioning === 'approve') return APPROVED_CLIENT;
  return mcpProvisioning ? OPERATOR : CLIENT;
}

/** Makes callers with the grants of their door. The provisioning gate is decided here and nowhere else. */
export const createCallers =
  (mcpProvisioning: boolean | 'approve'): Callers =>
  (kind, id, door) => ({
    tenant: 'default',
    kind,
    id,
    door,
    grants: door === 'http' ? OPERATOR : clientGrants(mcpProvisioning),
  });
