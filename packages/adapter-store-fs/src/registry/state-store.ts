import { join } from 'node:path';
import {
  StoreError,
  type ApprovalRecord,
  type AuditEventDraft,
  type LoginRecord,
  type PolicyDocument,
  type Profile,
  type ServiceRecord,
  type TokenRecord,
} from '@clarity-runtime/core';
import { DEFAULT_TENANT } from '@clarity-runtime/core/internal';
import {
  MemoryAccessTokenStore,
  MemoryPolicyRegistry,
  MemoryProfileStore,
  MemoryApprovalStore,
  MemoryLoginStore,
  MemoryServiceRegistry,
} from '@clarity-runtime/core/memory';
import type {
  AccessTokenStore,
  ApprovalStore,
  LoginStore,
  PolicyRegistry,
  ProfileStore,
  ServiceRegistry,
  StoreHealth,
  TenantId,
  Versioned,
} from '@clarity-runtime/core/ports';
import type { RecordBacking, RecordEntry } from '@clarity-runtime/core/registry';
import type { FileOperations } from '../files/file-operations.ts';
import { storeFailure } from '../files/store-failure.ts';
import type { StateTrust } from '../trust/state-trust.ts';
import type { WorkspaceSeal } from '../trust/workspace-seal.ts';
import { writeCheckpoint } from './checkpoint-file.ts';
import { applyEntry, type KindState } from './kind-state.ts';
import { FILE_STORE } from './registry-state.ts';
import { StateJournal } from './state-journal.ts';
import { unsupportedRecords } from './unsupported-record.ts';
import { STATE_KINDS, StateChain, type StateHeader, type StateKind, type StateRecord } from './state-record.ts';

/** Options of the registries on the file system. */
export interface FsRegistryOptions {
  /** Created with mode 0700 if it does not exist. */
  readonly folder: string;
  /** The only tenant of the records; `default` when absent. */
  readonly tenant?: TenantId;
  readonly files?: FileOperations;
  readonly now?: () => Date;
  /** Called after a damaged file was moved to the path `damaged` and replaced by its copy. */
  readonly onRecovered?: (what: { readonly damaged: string; readonly reason: string }) => void;
  /** Called with the number of records of a file that this version does not know; they are kept and not used. */
  readonly onUnsupported?: (what: { readonly file: string; readonly count: number }) => void;
  /** Writes the event of a stored change to the audit, once per `op`. Resolves with true when it is on disk. */
  readonly deliver?: (event: AuditEventDraft, op: string) => Promise<boolean>;
  /** Marks and judges the files; without it they have digests only. */
  readonly trust?: StateTrust;
}

/** The options with their defaults. */
export type StateOptions = FsRegistryOptions & { readonly files: FileOperations; readonly now: () => Date };

/** Names of the two copies of the state journal. */
export const STATE_FILES = ['state.wal.jsonl', 'state.wal.jsonl.copy'] as const;

/** Length of the journal at which it is folded into the checkpoints, if these are not longer. */
const FOLD_AT_BYTES = 1024 * 1024;

/**
 * Services, policies, access tokens, profiles, approvals and logins of a workspace. A change is one record of the state journal, together with its event, in
 * two copies on disk before it resolves. The checkpoints `registry.json`, `policies.json`, `tokens.json`, `profiles.json`, `approvals.json` and
 * `logins.json` are folds of the journal, each with a copy.
 */
export class StateStore implements AsyncDisposable {
  readonly services: ServiceRegistry;
  readonly policies: PolicyRegistry;
  readonly tokens: AccessTokenStore;
  readonly profiles: ProfileStore;
  readonly approvals: ApprovalStore;
  readonly logins: LoginStore;
  readonly #options: StateOptions;
  readonly #chain: StateChain;
  readonly #kinds: Readonly<Record<StateKind, KindState>>;
  readonly #paths: readonly string[];
  /** Events of the journal that may not be in the audit, by operation. */
  readonly #events: Map<string, AuditEventDraft>;
  #journal: StateJournal | undefined;
  #checkpointBytes = 0;
  #last: Promise<unknown> = Promise.resolve();
  #openBackings = STATE_KINDS.length;
  #health: StoreHealth = { state: 'up' };

  constructor(
    options: StateOptions,
    kinds: Readonly<Record<StateKind, KindState>>,
    events: Map<string, AuditEventDraft>,
  ) {
    this.#options = options;
    this.#chain = new StateChain(sealOf(options.trust));
    this.#kinds = kinds;
    this.#events = events;
    this.#paths = STATE_FILES.map((name) => join(options.folder, name));
    this.services = new MemoryServiceRegistry(this.#backing<ServiceRecord>('services'));
    this.policies = new MemoryPolicyRegistry(this.#backing<PolicyDocument>('policies'));
    this.tokens = new MemoryAccessTokenStore(this.#backing<TokenRecord>('tokens'));
    this.profiles = new MemoryProfileStore(this.#backing<Profile>('profiles'));
    this.approvals = new MemoryApprovalStore(this.#backing<ApprovalRecord>('approvals'));
    this.logins = new MemoryLoginStore(this.#backing<LoginRecord>('logins'));
  }

  /** Writes the events of stored changes to the audit. An event that cannot be written stays in the journal. */
  async deliverEvents(): Promise<void> {
    const { deliver } = this.#options;
    for (const [op, event] of [...this.#events]) {
      const isDelivered = deliver === undefined || (await deliver(event, op).catch(() => false));
      if (isDelivered) this.#events.delete(op);
    }
  }

  /** Folds the journal into the checkpoints. @throws StoreError when a file cannot be written; the journal then stays. */
  fold(): Promise<void> {
    return this.#serial(() => this.#fold());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.services[Symbol.asyncDispose]();
    await this.policies[Symbol.asyncDispose]();
    await this.tokens[Symbol.asyncDispose]();
    await this.profiles[Symbol.asyncDispose]();
    await this.approvals[Symbol.asyncDispose]();
    await this.logins[Symbol.asyncDispose]();
  }

  #backing<T>(kind: StateKind): RecordBacking<T> {
    const state = this.#kinds[kind];
    const { tenant = DEFAULT_TENANT } = this.#options;
    const store = { health: () => this.#health };
    return {
      capabilities: FILE_STORE,
      unsupported: unsupportedRecords(state.format.name, state.base.unsupported),
      tenants: [tenant],
      get health() {
        return store.health();
      },
      initial: {
        changes: state.changes,
        records: [...state.records].map(([id, item]) => ({ tenant, id, ...(item as Versioned<T>) })),
      },
      append: (entries) => this.#serial(() => this.#append(kind, entries)),
      close: () => this.#closeOne(),
      now: this.#options.now,
      timeout: (ms) => AbortSignal.timeout(ms),
    };
  }

  async #append(kind: StateKind, entries: readonly RecordEntry<unknown>[]): Promise<void> {
    try {
      this.#journal ??= await this.#start();
      await this.#journal.append(entries.map((entry) => ({ kind, ...entry })));
    } catch (error) {
      throw await this.#failed(error);
    }
    this.#health = { state: 'up' };
    for (const entry of entries) applyEntry(this.#kinds[kind], entry);
    this.#options.trust?.note(kind, this.#kinds[kind].changes);
    for (const { op, event } of entries) if (event !== undefined) this.#events.set(op, event);
    // The next fold is as far away as the checkpoints are long, so a change costs the same for any number of records.
    if (this.#journal.length >= Math.max(FOLD_AT_BYTES, this.#checkpointBytes)) {
      void this.#serial(() => this.#fold()).catch(() => undefined);
    }
  }

  /** Returns the error of a failed write. A journal with an unknown end is replaced before the next record. */
  async #failed(error: unknown): Promise<StoreError> {
    const failure = storeFailure(error, this.#paths[0] ?? '');
    this.#health = { state: 'degraded', since: this.#options.now().toISOString(), reason: failure.message };
    if (this.#journal?.isBroken !== true) return failure;
    await this.#journal.close();
    this.#journal = undefined;
    for (const state of Object.values(this.#kinds)) state.isDirty = true;
    return new StoreError('indeterminate', `the change may be on disk: ${failure.message}`, { cause: error });
  }

  /** Starts an empty journal after everything before it is in the checkpoints. */
  async #start(): Promise<StateJournal> {
    await this.#writeCheckpoints();
    const { alg, keyId } = this.#chain;
    const header: StateHeader = {
      state: 1,
      alg,
      ...(keyId === undefined ? {} : { keyId }),
      ...Object.fromEntries(STATE_KINDS.map((kind) => [kind, this.#kinds[kind].changes])),
    };
    const records: readonly StateRecord[] = [...this.#events].map(([op, event]) => ({ op, event }));
    return StateJournal.create(this.#options.files, this.#paths, { chain: this.#chain, header, records });
  }

  async #writeCheckpoints(): Promise<void> {
    const { now } = this.#options;
    let written = 0;
    for (const state of Object.values(this.#kinds)) {
      if (!state.isDirty) continue;
      const { base, changes, records } = state;
      written += await writeCheckpoint(state.format, { ...base, changes, records }, { ...this.#options, now });
      state.isDirty = false;
    }
    this.#checkpointBytes = Math.max(this.#checkpointBytes, written);
  }

  async #fold(): Promise<void> {
    await this.#writeCheckpoints();
    await this.deliverEvents();
    await this.#journal?.close();
    this.#journal = undefined;
    if (this.#events.size > 0) return;
    for (const path of this.#paths) await this.#options.files.remove(path);
  }

  async #closeOne(): Promise<void> {
    this.#openBackings -= 1;
    if (this.#openBackings > 0) return;
    await this.#serial(async () => {
      await this.#fold().catch(() => undefined);
      await this.#journal?.close();
    });
  }

  #serial<R>(work: () => Promise<R>): Promise<R> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}

/** Returns the seal of the journal. A key that ends with the process makes none. */
export const sealOf = (trust: StateTrust | undefined): WorkspaceSeal | undefined =>
  trust === undefined || trust.key.ephemeral !== undefined ? undefined : trust.key.seal(trust.workspaceId);
