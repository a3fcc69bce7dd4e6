import { StoreError, type StoreErrorKind } from '@clarity-runtime/core';
import type { CallOptions, Clock, StoreHealth } from '@clarity-runtime/core/ports';
import pg from 'pg';
import { Hints } from './hints.ts';
import { isAnswer, mapError } from './map-error.ts';
import type { StoreAddress } from './store-url.ts';

/** Dependencies of `Database`. */
export interface DatabaseOptions {
  readonly address: StoreAddress;
  readonly clock: Clock;
  /** Maximum number of connections besides the one for hints; 8 when absent. */
  readonly poolSize?: number;
  /** Role that every connection assumes, because that of the login would bypass row-level security. */
  readonly role?: string | undefined;
}

/** One request. `isWrite`: without an answer its outcome is not known. */
export interface Request extends CallOptions {
  readonly isWrite?: boolean;
}

/** `client` has the request, which may have reached the server. */
interface RequestProgress {
  client?: pg.PoolClient;
  hasEnded: boolean;
}

export type ResultRow = Readonly<Record<string, unknown>>;

const DEFAULT_DEADLINE_MS = 1_500;
const CONNECT_TIMEOUT_MS = 1_000;
const PROBE_PAUSE_MS = 250;
const DEFAULT_POOL_SIZE = 8;

/**
 * Connections to a database. A request is answered within its deadline; a connection without an answer is destroyed. While the
 * database cannot be reached, requests fail at once and a probe looks for it, on every host of the address.
 */
export class Database implements AsyncDisposable {
  readonly schema: string;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly #options: DatabaseOptions;
  readonly #open = new AbortController();
  #pool: pg.Pool;
  #host = 0;
  #health: StoreHealth = { state: 'up' };

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.schema = options.address.schema;
    this.clock = options.clock;
    this.#pool = this.#makePool();
    this.hints = new Hints({ clock: options.clock, channel: this.schema, connect: () => this.#config() });
  }

  get health(): StoreHealth {
    return this.#health;
  }

  get isClosed(): boolean {
    return this.#open.signal.aborted;
  }

  /** Aborts when the database closes. */
  get ended(): AbortSignal {
    return this.#open.signal;
  }

  /** Calls a function of the schema: `call('put', values)`. Returns its rows. @throws StoreError */
  call(name: string, values: readonly unknown[], request: Request = {}): Promise<readonly ResultRow[]> {
    const places = values.map((_, index) => `$${String(index + 1)}`).join(', ');
    return this.query(`select * from ${this.schema}.${name}(${places})`, values, request);
  }

  /** @throws StoreError */
  async query(text: string, values: readonly unknown[], request: Request = {}): Promise<readonly ResultRow[]> {
    const { signal, deadlineMs = DEFAULT_DEADLINE_MS, isWrite = false } = request;
    if (this.isClosed) throw new StoreError('closed', 'the store is closed');
    if (signal?.aborted === true) throw new StoreError('aborted', 'aborted before it was tried');
    if (this.#health.state === 'down') throw new StoreError('unavailable', this.#health.reason ?? 'no database');
    const state: RequestProgress = { hasEnded: false };
    const work = async (): Promise<readonly ResultRow[]> => {
      const connected = await this.#pool.connect();
      if (state.hasEnded) {
        connected.release();
        return [];
      }
      state.client = connected;
      const { rows } = await connected.query<ResultRow>(text, [...values]);
      return rows;
    };
    try {
      const rows = await within(work(), deadlineMs, signal);
      state.client?.release();
      return rows;
    } catch (error) {
      state.hasEnded = true;
      const { client } = state;
      const isSent = client !== undefined;
      const hasAnswer = isAnswer(error);
      client?.release(!hasAnswer);
      const isAbort = error instanceof Interruption && error.isAbort;
      const isBusy = !isSent && this.#pool.waitingCount > 0;
      if (!hasAnswer && !isAbort && !isBusy && !this.ended.aborted) this.#lose(error);
      if (isAbort) {
        const kind: StoreErrorKind = isSent && isWrite ? 'indeterminate' : 'aborted';
        throw new StoreError(kind, 'aborted by the caller', { cause: error });
      }
      throw mapError(error, { isSent, isWrite });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isClosed) return;
    this.#open.abort();
    await this.hints[Symbol.asyncDispose]();
    // The server may not answer any more: the pool has a second to end its connections.
    await within(this.#pool.end(), CONNECT_TIMEOUT_MS).catch(() => undefined);
  }

  #config(): pg.ClientConfig {
    const { role, address } = this.#options;
    const found = address.hosts[this.#host];
    return {
      ...found,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      ...(role === undefined ? {} : { options: `-c role=${role}` }),
    };
  }

  #makePool(): pg.Pool {
    const pool = new pg.Pool({
      ...this.#config(),
      max: this.#options.poolSize ?? DEFAULT_POOL_SIZE,
      allowExitOnIdle: true,
    });
    // An idle connection that ends is replaced at the next request.
    pool.on('error', () => undefined);
    // Without a listener the end of a connection in use ends the process; its request is rejected as well.
    pool.on('connect', (client) => client.on('error', () => undefined));
    return pool;
  }

  #lose(error: unknown): void {
    if (this.#health.state === 'down') return;
    const reason = `the database cannot be reached: ${error instanceof Error ? error.message : String(error)}`;
    this.#health = { state: 'down', since: this.clock.wall().toISOString(), reason };
    void this.#probe();
  }

  /** Looks for the server that takes writes, until there is one. */
  async #probe(): Promise<void> {
    const { hosts } = this.#options.address;
    for (let turn = 0; !this.isClosed; turn += 1) {
      const host = (this.#host + (turn === 0 ? 0 : 1)) % hosts.length;
      this.#host = host;
      if (await this.#isPrimary()) break;
      await pause(PROBE_PAUSE_MS, this.#open.signal);
    }
    if (this.isClosed) return;
    const old = this.#pool;
    this.#pool = this.#makePool();
    void old.end().catch(() => undefined);
    this.#health = { state: 'up', since: this.clock.wall().toISOString() };
    this.hints.reconnect();
  }

  async #isPrimary(): Promise<boolean> {
    const client = new pg.Client(this.#config());
    client.on('error', () => undefined);
    const isPrimary = async (): Promise<boolean> => {
      await client.connect();
      const { rows } = await client.query<{ readonly standby: boolean }>('select pg_is_in_recovery() as standby');
      return rows[0]?.standby === false;
    };
    try {
      return await within(isPrimary(), CONNECT_TIMEOUT_MS);
    } catch {
      return false;
    } finally {
      void client.end().catch(() => undefined);
    }
  }
}

class Interruption extends Error {
  readonly isAbort: boolean;

  constructor(isAbort: boolean, message: string) {
    super(message);
    this.isAbort = isAbort;
  }
}

/** Rejects after a time of the machine, whatever the work does, and when the signal aborts. */
function within<T>(work: Promise<T>, ms: number, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(new Interruption(true, 'aborted'));
    };
    const timer = setTimeout(() => {
      reject(new Interruption(false, `no answer within ${String(ms)} ms`));
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    work.then(resolve, reject).finally(end).catch(reject);
  });
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    timer.unref();
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
