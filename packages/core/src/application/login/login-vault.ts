import { systemCaller, type Caller } from '../../domain/access/caller.ts';
import { Secret } from '../../domain/access/secret.ts';
import { DEFAULT_TENANT } from '../../domain/access/tenant.ts';
import { reasonOf } from '../../domain/errors/clarity-error.ts';
import type { ClientRegistration, LoginRecord, SealedText, UpstreamGrant } from '../../domain/login/login-record.ts';
import { decodeTokens, encodeTokens, type TokenSet } from '../../domain/login/token-set.ts';
import type { Clock, Entropy, LoginSealer, LoginStore, TenantId } from '../../ports/index.ts';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import { SerialQueue } from '../support/async.ts';
import { REMOVED, SettledRecords } from '../support/settled-records.ts';

export interface LoginVaultDependencies {
  readonly store: LoginStore;
  readonly sealer: LoginSealer;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly entropy: Entropy;
}

/** Milliseconds until the write of a token set that could not be stored is tried again. */
const RETRY_MS = 1_000;

export type OpenedTokens = Pick<TokenSet, 'accessToken' | 'refreshToken'>;

/** Grants and registered clients, sealed in the store. */
export class LoginVault {
  readonly #dependencies: LoginVaultDependencies;
  readonly #records: SettledRecords<LoginRecord>;
  readonly #changes = new SerialQueue();
  readonly #known = new Map<string, LoginRecord>();
  /** Grants that are newer than their record in the store, which could not be written. */
  readonly #unstored = new Map<string, UpstreamGrant>();
  readonly #closed = new AbortController();

  constructor(dependencies: LoginVaultDependencies) {
    this.#dependencies = dependencies;
    const { store, clock, entropy, audit } = dependencies;
    this.#records = new SettledRecords<LoginRecord>({
      store,
      idOf: ({ id }) => id,
      clock,
      entropy,
      queue: this.#changes,
      onChanged: (id, item) => {
        if (item === undefined) this.#known.delete(id);
        else this.#known.set(id, item.value);
      },
      onDrift: () => undefined,
      deliver: (event, op) => audit.deliver(event, op),
    });
  }

  /** Reads all records of a tenant; again to see those of other processes. */
  load(tenant: TenantId = DEFAULT_TENANT): Promise<void> {
    return this.#changes.run(() => this.#records.load(tenant));
  }

  close(): void {
    this.#closed.abort();
    this.#records.close();
  }

  /** Returns the newest grant of a service, also a rejected one. */
  grantOf(serviceId: string): UpstreamGrant | undefined {
    return this.grants().find((grant) => grant.serviceId === serviceId);
  }

  /** Returns all grants, the newest first. */
  grants(): readonly UpstreamGrant[] {
    const found = [...this.#known.values()].filter((record) => record.type === 'grant');
    const current = found.map((grant) => this.#unstored.get(grant.id) ?? grant);
    const added = [...this.#unstored.values()].filter(({ id }) => !this.#known.has(id));
    return [...current, ...added].sort((a, b) => (a.obtainedAt < b.obtainedAt ? 1 : -1));
  }

  client(id: string): ClientRegistration | undefined {
    const found = this.#known.get(id);
    return found?.type === 'client' ? found : undefined;
  }

  /** Returns the registered clients of an issuer. */
  clients(issuer: string): readonly ClientRegistration[] {
    return [...this.#known.values()].filter((record) => record.type === 'client' && record.issuer === issuer) as never;
  }

  /** Reads a grant from the store, because another process may have renewed it. */
  async renewed(id: string): Promise<UpstreamGrant | undefined> {
    const item = await this.#changes.run(() => this.#records.renew(id)).catch(() => undefined);
    const stored = item?.value ?? this.#known.get(id);
    const own = this.#unstored.get(id);
    const grant = stored?.type === 'grant' ? stored : undefined;
    return own !== undefined && own.generation >= (grant?.generation ?? 0) ? own : grant;
  }

  /** Returns the tokens of a grant; undefined if no key of this user sealed them. */
  open({ id, sealed }: UpstreamGrant): OpenedTokens | undefined {
    const text = this.#dependencies.sealer.open(sealed, { tenant: DEFAULT_TENANT, record: id });
    return text === undefined ? undefined : decodeTokens(text.reveal());
  }

  seal(record: string, text: string): SealedText {
    return this.#dependencies.sealer.seal(new Secret(text), { tenant: DEFAULT_TENANT, record });
  }

  unseal(record: string, sealed: SealedText): Secret | undefined {
    return this.#dependencies.sealer.open(sealed, { tenant: DEFAULT_TENANT, record });
  }

  /** Stores the grant of a login. It replaces other grants of the service. @throws ClarityError STORE_UNAVAILABLE */
  async login(
    caller: Caller,
    grant: Omit<UpstreamGrant, 'sealed'>,
    tokens: TokenSet,
    entry: AuditEntry,
  ): Promise<void> {
    const sealed = this.seal(grant.id, encodeTokens(tokens));
    this.#unstored.delete(grant.id);
    const event = this.#dependencies.audit.draft(entry);
    await this.#changes.run(() => this.#records.write({ caller, id: grant.id, event }, () => ({ ...grant, sealed })));
    for (const other of this.grants()) {
      if (other.serviceId === grant.serviceId && other.id !== grant.id) await this.remove(caller, other.id);
    }
  }

  /**
   * Stores the next generation before its first use. A grant that cannot be stored is used from memory, and its write is tried
   * again every second: the former refresh token is not valid any more.
   */
  async rotate(grant: Omit<UpstreamGrant, 'sealed'>, tokens: TokenSet, entry: AuditEntry): Promise<UpstreamGrant> {
    const next: UpstreamGrant = { ...grant, sealed: this.seal(grant.id, encodeTokens(tokens)) };
    try {
      await this.#store(next, entry);
    } catch (error) {
      this.#unstored.set(next.id, next);
      const message = `The renewed token of a service is in memory only: ${reasonOf(error)}`;
      await this.#dependencies.audit.settle({
        kind: 'credential.unstored',
        level: 'error',
        message,
        serviceId: grant.serviceId,
        caller: systemCaller,
        data: { generation: grant.generation },
      });
      void this.#retry(next, entry);
    }
    return next;
  }

  /** Marks a generation as refused for good. Returns false if another generation is stored by now, or it is marked already. */
  async reject({ id, generation }: UpstreamGrant, reason: string, entry: AuditEntry): Promise<boolean> {
    const own = this.#unstored.get(id);
    if (own !== undefined && own.generation !== generation) return false;
    this.#unstored.delete(id);
    let isMarked = false;
    const event = this.#dependencies.audit.draft(entry);
    const rejected = { at: this.#now(), reason };
    await this.#changes.run(() =>
      this.#records.write({ caller: systemCaller, id, event }, (current) => {
        const value = current?.value;
        isMarked = value?.type === 'grant' && value.generation <= generation && value.rejected === undefined;
        return isMarked && value?.type === 'grant' ? { ...value, rejected } : undefined;
      }),
    );
    return isMarked;
  }

  async register(caller: Caller, client: ClientRegistration, entry: AuditEntry): Promise<void> {
    const event = this.#dependencies.audit.draft(entry);
    await this.#changes.run(() => this.#records.write({ caller, id: client.id, event }, () => client));
  }

  async remove(caller: Caller, id: string, entry?: AuditEntry): Promise<void> {
    this.#unstored.delete(id);
    const event = entry === undefined ? {} : { event: this.#dependencies.audit.draft(entry) };
    await this.#changes.run(() => this.#records.write({ caller, id, ...event }, () => REMOVED));
  }

  async #store(next: UpstreamGrant, entry: AuditEntry): Promise<void> {
    const event = this.#dependencies.audit.draft(entry);
    await this.#changes.run(() =>
      this.#records.write({ caller: systemCaller, id: next.id, event }, (current) => {
        const stored = current?.value;
        return stored?.type === 'grant' && stored.generation >= next.generation ? undefined : next;
      }),
    );
  }

  async #retry(next: UpstreamGrant, entry: AuditEntry): Promise<void> {
    const isPending = (): boolean => !this.#closed.signal.aborted && this.#unstored.get(next.id) === next;
    while (isPending()) {
      await this.#dependencies.clock.after(RETRY_MS, this.#closed.signal);
      if (!isPending()) return;
      const isStored = await this.#store(next, entry).then(
        () => true,
        () => false,
      );
      if (isStored && isPending()) this.#unstored.delete(next.id);
    }
  }

  #now(): string {
    return this.#dependencies.clock.wall().toISOString();
  }
}
