import type { Caller } from '../../domain/access/caller.ts';
import { principalKey } from '../../domain/access/principal-key.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { hex } from '../../domain/text/hex.ts';
import type { Clock, Entropy } from '../../ports/index.ts';

/** A link for the browser of a person, which begins a login in the name of the caller that asked for it. */
export interface Invitation {
  readonly handle: string;
  readonly caller: Caller;
  readonly serviceId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const LIFE_MS = 10 * 60_000;
const MAX_INVITATIONS = 64;
const MAX_OF_ONE = 8;
const HANDLE_BYTES = 24;

/** Links to logins, in memory for 10 minutes. Each begins one login. */
export class LoginInvitations {
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  readonly #invitations = new Map<string, Invitation>();
  /** By id of the service. */
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(clock: Clock, entropy: Entropy) {
    this.#clock = clock;
    this.#entropy = entropy;
  }

  /**
   * Returns the open invitation of the caller to a service, or a new one: a call that is repeated does not use up the quota.
   * @throws ClarityError QUOTA_EXCEEDED above 64 invitations, or 8 of one principal.
   */
  invite(caller: Caller, serviceId: string): Invitation {
    this.#sweep();
    const owner = principalKey(caller);
    const own = [...this.#invitations.values()].filter((other) => principalKey(other.caller) === owner);
    const open = own.find((other) => other.serviceId === serviceId);
    if (open !== undefined) return open;
    if (this.#invitations.size >= MAX_INVITATIONS || own.length >= MAX_OF_ONE) {
      throw new ClarityError('QUOTA_EXCEEDED', 'too many logins are in progress', {
        hint: 'finish one of them; a link ends after 10 minutes',
      });
    }
    const handle = hex(this.#entropy.bytes(HANDLE_BYTES));
    const added = { handle, caller, serviceId, expiresAt: this.#now() + LIFE_MS };
    this.#invitations.set(handle, added);
    return added;
  }

  find(handle: string): Invitation | undefined {
    this.#sweep();
    return this.#invitations.get(handle);
  }

  /** Ends an invitation. Returns it, or undefined if it had ended. */
  take(handle: string): Invitation | undefined {
    const found = this.find(handle);
    this.#invitations.delete(handle);
    return found;
  }

  /** Must be called after each login to a service. */
  loggedIn(serviceId: string): void {
    const waiting = this.#waiting.get(serviceId) ?? [];
    this.#waiting.delete(serviceId);
    for (const notify of waiting) notify();
  }

  /** Resolves to true after the next login to a service, and to false when the signal aborts or 10 minutes have passed. */
  async whenLoggedIn(serviceId: string, signal: AbortSignal): Promise<boolean> {
    const over = new AbortController();
    const waiting = this.#waiting.get(serviceId) ?? new Set();
    this.#waiting.set(serviceId, waiting);
    let isLoggedIn = false;
    const notify = (): void => {
      isLoggedIn = true;
      over.abort();
    };
    waiting.add(notify);
    await this.#clock.after(LIFE_MS, AbortSignal.any([over.signal, signal]));
    waiting.delete(notify);
    return isLoggedIn;
  }

  #sweep(): void {
    const now = this.#now();
    for (const [handle, { expiresAt, caller }] of this.#invitations)
      if (expiresAt <= now || caller.ended?.aborted === true) this.#invitations.delete(handle);
  }

  #now(): number {
    return this.#clock.wall().getTime();
  }
}
