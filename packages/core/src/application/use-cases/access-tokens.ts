import { callerRecord, systemCaller, type Caller } from '../../domain/access/caller.ts';
import type { TrustState } from '../../domain/access/trust.ts';
import { hasSecret, tokenState, type TokenRecord } from '../../domain/access/token-record.ts';
import { formatToken, TOKEN_BYTES, tokenDigest, tokenIdOf } from '../../domain/access/token-text.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { AccessTokenStore, Clock, Entropy, TenantId } from '../../ports/index.ts';
import type {
  CreatedToken,
  ShownToken,
  TokenIdentity,
  TokenOperations,
  TokenRequest,
} from '../../ports/inbound/token-operations.ts';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import { SerialQueue } from '../support/async.ts';
import { SettledRecords, type RecordChange } from '../support/settled-records.ts';
import type { Guard } from './guard.ts';
import { newToken, outOfRange } from './new-token.ts';
import { TokenHolders } from './token-holders.ts';
import { TokenUpkeep } from './token-upkeep.ts';

export interface AccessTokensDependencies {
  /** The tenant of the holders. */
  readonly tenant: TenantId;
  readonly store: AccessTokenStore;
  readonly audit: AuditLog;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Tokens of a workspace that is not trusted are not valid: another user may have written them. */
  readonly trust: { readonly state: TrustState };
  /** Returns whether a profile with this name exists. */
  readonly isProfile: (name: string) => boolean;
}

const DAY_MS = 24 * 60 * 60_000;
/** Longest overlap of a rotation. */
const MAX_OVERLAP_MS = 30 * DAY_MS;
const MAX_TOKENS = 1_000;

/** Named access tokens in memory, changed only after the store accepted the change. */
export class AccessTokens implements TokenOperations {
  readonly #dependencies: AccessTokensDependencies;
  readonly #records: SettledRecords<TokenRecord>;
  readonly #changes = new SerialQueue();
  readonly #byName = new Map<string, TokenRecord>();
  readonly #byId = new Map<string, TokenRecord>();
  readonly #holders: TokenHolders;
  readonly #upkeep: TokenUpkeep;

  constructor(dependencies: AccessTokensDependencies) {
    this.#dependencies = dependencies;
    const { tenant, store, clock, entropy, audit, trust } = dependencies;
    this.#holders = new TokenHolders(tenant, clock, (id) => this.#byId.get(id)?.expiresAt);
    this.#upkeep = new TokenUpkeep({
      clock,
      records: () => this.#byName.values(),
      lastUse: (id) => this.#holders.lastUse(id),
      canWrite: () => trust.state.trusted,
      write: async ({ name }, change, entry) => {
        const event = entry === undefined ? {} : { event: audit.draft(entry) };
        await this.#changes.run(() =>
          this.#records.write({ caller: systemCaller, id: name, ...event }, (current) =>
            current === undefined ? undefined : change(current.value),
          ),
        );
      },
    });
    this.#records = new SettledRecords({
      store,
      idOf: ({ name }) => name,
      clock,
      entropy,
      queue: this.#changes,
      onChanged: (name, item) => {
        this.#keep(name, item?.value);
      },
      onDrift: () => undefined,
      deliver: (event, op) => audit.deliver(event, op),
    });
  }

  async load(tenant: TenantId): Promise<void> {
    await this.#records.load(tenant);
    this.#upkeep.start();
  }

  /** Stores the last uses, and ends the tasks in the background. */
  async close(): Promise<void> {
    await this.#upkeep.round();
    this.#upkeep.close();
    this.#records.close();
  }

  async list(caller: Caller): Promise<readonly ShownToken[]> {
    await this.#dependencies.guard.require(caller, 'admin', { action: 'list tokens' });
    const all = [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return all.map((record) => this.#shown(record));
  }

  async create(caller: Caller, request: TokenRequest): Promise<CreatedToken> {
    const { guard, entropy, isProfile } = this.#dependencies;
    await guard.require(caller, 'admin', { action: 'create a token' });
    const now = this.#now();
    const { record, text } = newToken(request, { caller, now, random: entropy.bytes(TOKEN_BYTES), isProfile });
    const stored = await this.#write(caller, 'created', record, (current) => {
      // The name of a token that ended is free again.
      if (current !== undefined && tokenState(current.value, now) === 'active')
        throw new ClarityError('TOKEN_NAME_TAKEN', `'${record.name}'`, { field: 'name' });
      if (current === undefined && this.#byName.size >= MAX_TOKENS)
        throw new ClarityError('QUOTA_EXCEEDED', `at most ${String(MAX_TOKENS)} tokens`);
      return record;
    });
    return { token: text, record: stored };
  }

  async rotate(caller: Caller, name: string, overlapMs = DAY_MS): Promise<CreatedToken> {
    await this.#dependencies.guard.require(caller, 'admin', { action: 'rotate a token' });
    if (!(overlapMs >= 0 && overlapMs <= MAX_OVERLAP_MS)) throw outOfRange('overlapMs', 'use at most 30 days');
    const found = this.#active(name);
    const now = this.#now();
    const { text } = formatToken(this.#dependencies.entropy.bytes(TOKEN_BYTES), found.id);
    const stored = await this.#write(caller, 'rotated', found, (current) => {
      const record = current === undefined ? this.#active(name) : current.value;
      const former =
        overlapMs === 0
          ? []
          : record.slots.slice(0, 1).map(({ sha256 }) => ({ sha256, until: isoOf(now + overlapMs) }));
      return { ...record, ...renewedLife(record, now), slots: [{ sha256: tokenDigest(text) }, ...former] };
    });
    return { token: text, record: stored };
  }

  async revoke(caller: Caller, name: string): Promise<ShownToken> {
    await this.#dependencies.guard.require(caller, 'admin', { action: 'revoke a token' });
    const found = this.#byName.get(name);
    if (found === undefined) throw unknown(name);
    const by = callerRecord(caller);
    return this.#write(caller, 'revoked', found, (current) =>
      current === undefined || current.value.revokedAt !== undefined
        ? undefined
        : { ...current.value, slots: [], revokedAt: isoOf(this.#now()), revokedBy: `${by.kind} ${by.id}` },
    );
  }

  /** Returns the names of the active tokens that are bound to a profile. */
  boundTo(profile: string): readonly string[] {
    const now = this.#now();
    return [...this.#byName.values()]
      .filter((record) => record.profile === profile && tokenState(record, now) === 'active')
      .map(({ name }) => name)
      .sort();
  }

  authenticate(text: string): TokenIdentity | undefined {
    const id = tokenIdOf(text);
    const record = id === undefined ? undefined : this.#byId.get(id);
    if (record === undefined || !this.#dependencies.trust.state.trusted) return undefined;
    const now = this.#now();
    if (tokenState(record, now) !== 'active' || !hasSecret(record, tokenDigest(text), now)) return undefined;
    return this.#holders.use(record);
  }

  /** Streams of a token go on after a rotation, whose overlap is for the next requests. */
  #keep(name: string, record: TokenRecord | undefined): void {
    const before = this.#byName.get(name);
    if (before !== undefined && before.id !== record?.id) {
      this.#byId.delete(before.id);
      this.#holders.end(before.id);
    }
    if (record === undefined) this.#byName.delete(name);
    else {
      this.#byName.set(name, record);
      this.#byId.set(record.id, record);
      if (record.revokedAt !== undefined) this.#holders.end(record.id);
    }
  }

  async #write(
    caller: Caller,
    word: 'created' | 'rotated' | 'revoked',
    { name, id }: TokenRecord,
    change: RecordChange<TokenRecord>,
  ): Promise<ShownToken> {
    const entry: AuditEntry = {
      kind: `token.${word}`,
      level: 'info',
      message: `Token ${word}: ${name}`,
      caller,
      data: { token: id, name },
    };
    const event = this.#dependencies.audit.draft(entry);
    const stored = await this.#changes.run(() => this.#records.write({ caller, id: name, event }, change));
    if (stored === undefined) throw unknown(name);
    return this.#shown(stored.value);
  }

  #active(name: string): TokenRecord {
    const found = this.#byName.get(name);
    if (found === undefined || tokenState(found, this.#now()) !== 'active') throw unknown(name);
    return found;
  }

  #shown(record: TokenRecord): ShownToken {
    const lastUse = this.#holders.lastUse(record.id);
    const until = record.slots.find((slot) => slot.until !== undefined)?.until;
    const { slots: _digests, schema: _version, announcedEnd: _notice, ...shown } = record;
    return {
      ...shown,
      state: tokenState(record, this.#now()),
      ...(until === undefined ? {} : { overlapUntil: until }),
      ...(lastUse === undefined ? {} : { lastUsedAt: isoOf(lastUse) }),
    };
  }

  #now(): number {
    return this.#dependencies.clock.wall().getTime();
  }
}

/** Returns the members of a rotated token: it lives as long as a new one. */
function renewedLife({ createdAt, rotatedAt = createdAt, expiresAt }: TokenRecord, now: number): Partial<TokenRecord> {
  if (expiresAt === undefined) return { rotatedAt: isoOf(now) };
  return { rotatedAt: isoOf(now), expiresAt: isoOf(now + Date.parse(expiresAt) - Date.parse(rotatedAt)) };
}

const isoOf = (ms: number): string => new Date(ms).toISOString();

const unknown = (name: string): ClarityError => new ClarityError('TOKEN_NOT_FOUND', `'${toPrintableAscii(name)}'`);
