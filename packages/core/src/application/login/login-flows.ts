import type { Caller } from '../../domain/access/caller.ts';
import { Secret } from '../../domain/access/secret.ts';
import { isSameDigest } from '../../domain/access/token-text.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { sha256Hex } from '../../domain/json/digest.ts';
import { hex } from '../../domain/text/hex.ts';
import type { AuthorizationRequest, AuthorizationServer, Clock, Entropy, LoginTarget } from '../../ports/index.ts';
import { principalKey } from '../../domain/access/principal-key.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { StartedLogin } from '../../ports/inbound/login-operations.ts';
import type { FoundClient } from './oauth-clients.ts';

/** A login between its authorization request and the response. */
export interface LoginFlow {
  readonly id: string;
  /** The caller that began it, and the key of its principal. */
  readonly caller: Caller;
  readonly owner: string;
  readonly target: LoginTarget;
  readonly server: AuthorizationServer;
  readonly found: FoundClient;
  readonly request: AuthorizationRequest;
  /** URL that a person opens. */
  readonly url: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Links the flow to one browser session of the page. */
  readonly binding?: Secret;
}

const LIFE_MS = 10 * 60_000;
const MAX_FLOWS = 64;
const MAX_FLOWS_OF_ONE = 8;
const ID_BYTES = 16;

/** Logins in progress, in memory for 10 minutes. Each is used once. */
export class LoginFlows {
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  readonly #flows = new Map<string, LoginFlow>();

  constructor(clock: Clock, entropy: Entropy) {
    this.#clock = clock;
    this.#entropy = entropy;
  }

  /** @throws ClarityError QUOTA_EXCEEDED above 64 logins, or 8 of one principal. */
  add(caller: Caller, flow: Omit<LoginFlow, 'id' | 'caller' | 'owner' | 'expiresAt'>): LoginFlow {
    this.#sweep();
    const owner = principalKey(caller);
    // A repeated login of a service replaces the former one.
    for (const [id, other] of this.#flows) {
      const isSame = other.owner === owner && other.target.service.serviceId === flow.target.service.serviceId;
      if (isSame && other.binding === undefined && flow.binding === undefined) this.#flows.delete(id);
    }
    const own = [...this.#flows.values()].filter((other) => other.owner === owner).length;
    if (this.#flows.size >= MAX_FLOWS || own >= MAX_FLOWS_OF_ONE) {
      throw new ClarityError('QUOTA_EXCEEDED', 'too many logins are in progress', {
        hint: 'finish or cancel one of them; a login ends after 10 minutes',
      });
    }
    const id = hex(this.#entropy.bytes(ID_BYTES));
    const added = { ...flow, id, caller, owner, expiresAt: this.#now() + LIFE_MS };
    this.#flows.set(id, added);
    return added;
  }

  /** Returns a flow of the caller. @throws ClarityError LOGIN_EXPIRED */
  get(caller: Caller, id: string): LoginFlow {
    this.#sweep();
    const flow = this.#flows.get(id);
    if (flow === undefined || flow.owner !== principalKey(caller)) throw new ClarityError('LOGIN_EXPIRED', '');
    return flow;
  }

  /** Returns the flow with the state of a redirect, if the browser has the value that it is bound to; undefined without one. */
  ofBrowser(query: Secret, binding: Secret): LoginFlow | undefined {
    this.#sweep();
    const state = new URLSearchParams(query.reveal()).get('state') ?? '';
    const flow = [...this.#flows.values()].find(({ request }) => request.state.reveal() === state);
    return flow !== undefined && isSameBrowser(flow, binding) ? flow : undefined;
  }

  /** Ends a flow. Returns false if it had ended. */
  end(id: string): boolean {
    return this.#flows.delete(id);
  }

  #sweep(): void {
    const now = this.#now();
    for (const [id, { expiresAt }] of this.#flows) if (expiresAt <= now) this.#flows.delete(id);
  }

  #now(): number {
    return this.#clock.wall().getTime();
  }
}

/** Returns a flow without its secrets. */
export function startedLogin({ id, target, server, request, url, expiresAt }: LoginFlow): StartedLogin {
  return {
    flow: id,
    serviceId: target.service.serviceId,
    service: target.service.namespace,
    url,
    redirectUri: request.redirectUri,
    issuer: toPrintableAscii(server.issuer, 2_048),
    scopes: request.scopes,
    expiresAt: new Date(expiresAt).toISOString(),
  };
}

/** Returns the query of an address, or the text itself. */
export function queryOf(response: Secret): Secret {
  const text = response.reveal().trim();
  if (URL.canParse(text)) return new Secret(new URL(text).search);
  return new Secret(text.startsWith('?') ? text.slice(1) : text);
}

/** Returns whether a browser has the value that the flow is bound to. */
const isSameBrowser = ({ binding }: LoginFlow, given: Secret): boolean =>
  binding !== undefined && isSameDigest(sha256Hex(binding.reveal()), sha256Hex(given.reveal()));
