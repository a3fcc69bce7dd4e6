import { type Caller, type CallerCredential, type Grant, grantOf, type Principal } from '@clarity-runtime/core';

/** The two protected entry points: the API for operators (`http`) and the MCP endpoint for clients (`mcp`). */
export type HttpDoor = 'http' | 'mcp';

/** Principal and credential of a request. */
export type Identity = Pick<Caller, 'principal' | 'credential'>;

export type Callers = (identity: Identity, door: HttpDoor) => Caller;

const OPERATOR: readonly Grant[] = [grantOf('read', 'call', 'operate', 'provision', 'secrets')];
const CLIENT: readonly Grant[] = [grantOf('read', 'call', 'operate')];
const APPROVED_CLIENT: readonly Grant[] = [grantOf('read', 'call', 'operate', 'provision')];

function clientGrants(mcpProvisioning: boolean | 'approve'): readonly Grant[] {
  if (mcpProvisioning === 'approve') return APPROVED_CLIENT;
  return mcpProvisioning ? OPERATOR : CLIENT;
}

/** Returns a function that creates callers with the grants of their entry point, the only place of the provisioning gate. */
export const createCallers =
  (mcpProvisioning: boolean | 'approve'): Callers =>
  ({ principal, credential }, door) => ({
    tenant: 'default',
    principal,
    credential,
    door,
    grants: door === 'http' ? OPERATOR : clientGrants(mcpProvisioning),
  });

/** Returns the identity of a local request without a token: the operator at the API, a program of this machine at `/mcp`. */
export const loopbackIdentity = (door: HttpDoor): Identity => ({
  principal: { kind: 'loopback', id: door === 'http' ? 'operator' : 'loopback' },
  credential: { kind: 'none', id: 'loopback' },
});

/** Returns the identity of the operator token, or of a page session that the token opened. */
export const operatorIdentity = (tokenId: string, kind: CallerCredential['kind'] = 'operator'): Identity => ({
  principal: PRINCIPAL,
  credential: { kind, id: tokenId },
});

const PRINCIPAL: Principal = { kind: 'token', id: 'operator' };
