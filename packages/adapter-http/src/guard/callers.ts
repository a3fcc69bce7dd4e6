import {
  type Caller,
  ClarityError,
  type CallerCredential,
  type Grant,
  grantOf,
  type Principal,
  type ProfileOperations,
  type TokenDoor,
  type TokenIdentity,
  type Verb,
} from '@clarity-runtime/core';
import { DEFAULT_TENANT, VERBS } from '@clarity-runtime/core/internal';
import { ResourceServer, type ResourceServerOptions } from './resource-server.ts';

/** The two protected entry points: the API for operators (`http`) and the MCP endpoint for clients (`mcp`). */
export type HttpDoor = 'http' | 'mcp';

/** Principal and credential of a request. */
export type Identity = Pick<Caller, 'principal' | 'credential'>;

export type Callers = (identity: Identity, door: HttpDoor) => Caller;

/** Settings of the grants of clients of the MCP endpoint without a token of their own. */
export interface ClientGrants {
  /** Grants `provision` and `secrets`; `approve` grants `provision` with an approval per request. */
  readonly mcpProvisioning?: boolean | 'approve' | undefined;
  /** Replaces the default verbs. `approve` and `admin` are left out, and what `mcpProvisioning` does not open. */
  readonly mcpGrants?: readonly Verb[] | undefined;
}

const OPERATOR: readonly Grant[] = [grantOf(...VERBS)];
/** A program of this machine without a credential may do everything but store and delete secrets. */
const LOCAL_OPERATOR_GRANTS: readonly Grant[] = [grantOf(...VERBS.filter((verb) => verb !== 'secrets'))];
const CLIENT_VERBS: readonly Verb[] = ['read', 'call', 'inspect', 'operate'];
const NEVER: ReadonlySet<Verb> = new Set(['approve', 'admin']);

/** Returns the verbs of the MCP endpoint that the provisioning gate opens. */
function gatedVerbs({ mcpProvisioning = false }: ClientGrants): readonly Verb[] {
  if (mcpProvisioning === 'approve') return ['provision'];
  return mcpProvisioning ? ['provision', 'secrets'] : [];
}

/** Returns the verbs of a client without a token of its own, and of the operator token, at the MCP endpoint. */
export function clientVerbs(options: ClientGrants): readonly Verb[] {
  const open = gatedVerbs(options);
  const verbs = options.mcpGrants ?? [...CLIENT_VERBS, ...open];
  return verbs.filter(
    (verb) => !NEVER.has(verb) && ((verb !== 'provision' && verb !== 'secrets') || open.includes(verb)),
  );
}

/** Returns a function that creates callers with the grants of their entry point, the only place of the provisioning gate. */
export function createCallers(options: ClientGrants): Callers {
  const client: readonly Grant[] = [grantOf(...clientVerbs(options))];
  const local = options.mcpProvisioning === true ? OPERATOR : LOCAL_OPERATOR_GRANTS;
  const create = ({ principal, credential }: Identity, door: HttpDoor): Caller => ({
    tenant: DEFAULT_TENANT,
    principal,
    credential,
    door,
    grants: door !== 'http' ? client : credential.kind === 'none' ? local : OPERATOR,
  });
  const localClient = create(LOCAL_CLIENT_IDENTITY, 'mcp');
  return (identity, door) =>
    identity === LOCAL_CLIENT_IDENTITY && door === 'mcp' ? localClient : create(identity, door);
}

/**
 * Returns the resource server of the MCP endpoint, whose tokens have no verb that the provisioning gate closes; undefined without
 * one. @throws ClarityError REQUEST_INVALID without a public URL
 */
export function createResourceServer({
  resourceServer,
  publicUrl,
  isTokenOnly,
  ...gates
}: ClientGrants & {
  readonly resourceServer?: ResourceServerOptions;
  readonly publicUrl?: URL;
  readonly isTokenOnly: (path: string) => boolean;
}): ResourceServer | undefined {
  if (resourceServer === undefined) return undefined;
  if (publicUrl === undefined) {
    throw new ClarityError(
      'REQUEST_INVALID',
      'a resource server needs a public URL, which is the audience of its tokens',
      {
        field: 'publicUrl',
        hint: 'set CLARITYD_PUBLIC_URL',
      },
    );
  }
  const open = gatedVerbs(gates);
  return new ResourceServer(publicUrl, resourceServer, {
    passes: (verb) => verb !== 'provision' || open.includes(verb),
    isTokenOnly,
  });
}

/** Returns a function that creates callers of named tokens: at `/mcp` without the verbs that the provisioning gate closes. */
export function createTokenCallers(
  options: ClientGrants,
  /** Returns the profiles of a tenant. */
  profilesOf: (tenant: string) => Pick<ProfileOperations, 'bind'>,
): (identity: TokenIdentity, door: TokenDoor) => Caller {
  const open = gatedVerbs(options);
  const passes = (verb: Verb): boolean =>
    !NEVER.has(verb) && ((verb !== 'provision' && verb !== 'secrets') || open.includes(verb));
  const known = new WeakMap<TokenIdentity, Map<TokenDoor, Caller>>();
  return (identity, door) => {
    const callers = known.get(identity) ?? new Map<TokenDoor, Caller>();
    known.set(identity, callers);
    const caller = callers.get(door) ?? tokenCaller(identity, { door, passes, profiles: profilesOf(identity.tenant) });
    callers.set(door, caller);
    return caller;
  };
}

function tokenCaller(
  { tenant, principal, credential, ended, grants, profile }: TokenIdentity,
  {
    door,
    passes,
    profiles,
  }: {
    readonly door: TokenDoor;
    readonly passes: (verb: Verb) => boolean;
    readonly profiles: Pick<ProfileOperations, 'bind'>;
  },
): Caller {
  const bound = profile === undefined ? {} : { profile: profiles.bind(profile) };
  const identity = { tenant, principal, credential, ended, ...bound };
  if (door !== 'mcp') return { ...identity, door, grants };
  const narrow = grants.map((grant) => ({ ...grant, verbs: grant.verbs.filter(passes) }));
  return { ...identity, door, grants: narrow };
}

const LOOPBACK: CallerCredential = { kind: 'none', id: 'loopback' };
const LOCAL_OPERATOR: Principal = { kind: 'loopback', id: 'operator' };
const LOCAL_CLIENT: Principal = { kind: 'loopback', id: 'loopback' };
const LOCAL_OPERATOR_IDENTITY: Identity = { principal: LOCAL_OPERATOR, credential: LOOPBACK };
const LOCAL_CLIENT_IDENTITY: Identity = { principal: LOCAL_CLIENT, credential: LOOPBACK };

const SERVICE: readonly Grant[] = [grantOf('read', 'call')];

/** Returns a caller of `/mcp` that is a process of a service: it uses tools, and operates no service. */
export const asService = (caller: Caller): Caller => ({ ...caller, grants: SERVICE });

/** Returns the identity of a local request without a token: the operator at the API, a program of this machine at `/mcp`. */
export const loopbackIdentity = (door: HttpDoor): Identity =>
  door === 'http' ? LOCAL_OPERATOR_IDENTITY : LOCAL_CLIENT_IDENTITY;

/** Returns the identity of the operator token, or of a page session that the token opened. */
export const operatorIdentity = (tokenId: string, kind: CallerCredential['kind'] = 'operator'): Identity => ({
  principal: PRINCIPAL,
  credential: { kind, id: tokenId },
});

/** Returns the identity of the user of the daemon at its command line. */
export const cliIdentity = (): Identity => CLI;

const CLI: Identity = { principal: { kind: 'operator', id: 'operator' }, credential: { kind: 'cli', id: 'cli' } };
const PRINCIPAL: Principal = { kind: 'token', id: 'operator' };
