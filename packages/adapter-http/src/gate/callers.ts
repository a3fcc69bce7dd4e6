import type { Caller, CallerKind, Grant } from '@clarity-runtime/core';

/** The two protected doors of HTTP: the API for operators, the MCP endpoint for clients and their models. */
export type HttpDoor = 'http' | 'mcp';

export type Callers = (kind: CallerKind, id: string, door: HttpDoor) => Caller;

const OPERATOR: ReadonlySet<Grant> = new Set(['read', 'call', 'operate', 'provision', 'secrets']);
const CLIENT: ReadonlySet<Grant> = new Set(['read', 'call', 'operate']);

/** Makes callers with the grants of their door. The provisioning gate is decided here and nowhere else. */
export const createCallers =
  (mcpProvisioning: boolean): Callers =>
  (kind, id, door) => ({
    tenant: 'default',
    kind,
    id,
    door,
    grants: door === 'http' || mcpProvisioning ? OPERATOR : CLIENT,
  });
