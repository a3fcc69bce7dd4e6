import type { Caller, CallerKind, Grant } from '@clarity-runtime/core';

/** The two protected entry points: the API for operators (`http`) and the MCP endpoint for clients (`mcp`). */
export type HttpDoor = 'http' | 'mcp';

export type Callers = (kind: CallerKind, id: string, door: HttpDoor) => Caller;

const OPERATOR: ReadonlySet<Grant> = new Set(['read', 'call', 'operate', 'provision', 'secrets']);
const CLIENT: ReadonlySet<Grant> = new Set(['read', 'call', 'operate']);

const APPROVED_CLIENT: ReadonlySet<Grant> = new Set([...CLIENT, 'provision']);

function clientGrants(mcpProvisioning: boolean | 'approve'): ReadonlySet<Grant> {
  if (mcpProvisioning === 'approve') return APPROVED_CLIENT;
  return mcpProvisioning ? OPERATOR : CLIENT;
}

/** Returns a function that creates callers with the grants of their entry point, the only place of the provisioning gate. */
export const createCallers =
  (mcpProvisioning: boolean | 'approve'): Callers =>
  (kind, id, door) => ({
    tenant: 'default',
    kind,
    id,
    door,
    grants: door === 'http' ? OPERATOR : clientGrants(mcpProvisioning),
  });
