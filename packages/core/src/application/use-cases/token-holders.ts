import type { TokenRecord } from '../../domain/access/token-record.ts';
import type { Clock, TenantId } from '../../ports/index.ts';
import type { TokenIdentity } from '../../ports/inbound/token-operations.ts';

/** Longest wait before the end of a token is checked again. */
const MAX_WAIT_MS = 60 * 60_000;

interface Holder {
  readonly identity: TokenIdentity;
  readonly end: AbortController;
}

/**
 * The identities of the tokens that are in use, by the id of the token: one object per token, so that a decision is prepared
 * once. A use writes nothing: its time is in memory.
 */
export class TokenHolders {
  readonly #tenant: TenantId;
  readonly #clock: Clock;
  readonly #endOf: (id: string) => string | undefined;
  readonly #holders = new Map<string, Holder>();
  readonly #lastUse = new Map<string, number>();

  /** `endOf` returns the present end of a token in ISO 8601: a rotation moves it. */
  constructor(tenant: TenantId, clock: Clock, endOf: (id: string) => string | undefined) {
    this.#tenant = tenant;
    this.#clock = clock;
    this.#endOf = endOf;
  }

  /** Returns the identity of a token, and records its use. */
  use(record: TokenRecord): TokenIdentity {
    this.#lastUse.set(record.id, this.#now());
    const known = this.#holders.get(record.id);
    if (known !== undefined) return known.identity;
    const holder = holderOf(record, this.#tenant);
    this.#holders.set(record.id, holder);
    if (record.expiresAt !== undefined) void this.#endInTime(holder, record.id);
    return holder.identity;
  }

  /** Returns the last use in milliseconds since 1970. */
  lastUse(id: string): number | undefined {
    return this.#lastUse.get(id);
  }

  /** Ends the open streams of a token. */
  end(id: string): void {
    this.#holders.get(id)?.end.abort();
    this.#holders.delete(id);
  }

  /** Waits for the end of a token, so that its open streams end too. */
  async #endInTime({ end }: Holder, id: string): Promise<void> {
    while (!end.signal.aborted) {
      const at = this.#endOf(id);
      if (at === undefined) return;
      const left = Date.parse(at) - this.#now();
      if (left <= 0) this.end(id);
      else await this.#clock.after(Math.min(left, MAX_WAIT_MS), end.signal);
    }
  }

  #now(): number {
    return this.#clock.wall().getTime();
  }
}

function holderOf({ id, name, grants, doors, profile }: TokenRecord, tenant: TenantId): Holder {
  const end = new AbortController();
  const identity: TokenIdentity = {
    tenant,
    principal: { kind: 'token', id: `token:${name}` },
    credential: { kind: 'token', id },
    grants,
    doors,
    ...(profile === undefined ? {} : { profile }),
    ended: end.signal,
  };
  return { identity, end };
}
