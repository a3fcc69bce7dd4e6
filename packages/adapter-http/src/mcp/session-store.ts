import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type LimitName, RpcCode, type RpcError } from '@clarity-runtime/core';
import type { McpGateway } from '@clarity-runtime/core/ports';
import { invalidRequest } from '@clarity-runtime/core/protocol';
import type { McpContext } from './mcp-post.ts';
import { gatewayScope, SESSION_HEADER } from './protocol-classification.ts';
import { SessionIds, type SessionFacts } from './session-id.ts';
import { Session } from './session.ts';
import { SessionTombstones, type TombstoneStore } from './session-tombstones.ts';

export interface SessionLimits {
  /** Sessions in memory at the same time. */
  readonly mostSessions: number;
  /** Milliseconds after which an idle session leaves the memory. Its id stays valid. */
  readonly idleMs: number;
  /** Ended ids that are remembered. */
  readonly mostTombstones: number;
}

export interface SessionOptions extends Partial<SessionLimits> {
  /** Keeps ended sessions over a restart. Without it they are kept in memory. */
  readonly tombstones?: TombstoneStore | undefined;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Called for each request that a limit rejects. */
  readonly refused?: (limit: LimitName) => void;
}

export const DEFAULT_SESSION_LIMITS: SessionLimits = {
  mostSessions: 1_000,
  idleMs: 30 * 60_000,
  mostTombstones: 10_000,
};

const SWEEP_MS = 60_000;
const KEY_BYTES = 32;

/**
 * The sessions of legacy clients (MCP 2025-11-25, Streamable HTTP, "Session Management"). The id contains the facts of the
 * session: the session is built at the first use of its id, and again after it has left the memory. Ended ids are rejected.
 */
export class SessionStore {
  readonly #gateway: McpGateway;
  readonly #ids: SessionIds;
  readonly #limits: SessionLimits;
  readonly #onLimit: (limit: LimitName) => void;
  /** Least recently used first. */
  readonly #open = new Map<string, Session>();
  readonly #ended: SessionTombstones;
  readonly #now: () => number;

  constructor(
    gateway: McpGateway,
    key: Uint8Array = randomBytes(KEY_BYTES),
    { refused, tombstones: store, now = Date.now, ...limits }: SessionOptions = {},
  ) {
    this.#gateway = gateway;
    this.#ids = new SessionIds(key);
    this.#onLimit = refused ?? ((): void => undefined);
    this.#limits = { ...DEFAULT_SESSION_LIMITS, ...limits };
    this.#now = now;
    const maxCount = this.#limits.mostTombstones;
    this.#ended = new SessionTombstones({ maxCount, now, ...(store === undefined ? {} : { store }) });
    setInterval(
      () => {
        this.#sweep();
      },
      Math.min(SWEEP_MS, this.#limits.idleMs),
    ).unref();
  }

  /** Number of sessions in memory. */
  get size(): number {
    return this.#open.size;
  }

  /** Returns a new session id. The session takes no memory before its first use. */
  mint(facts: SessionFacts, owner: McpContext): string {
    return this.#ids.mint(facts, owner, this.#now());
  }

  /** Returns `unknown` for an id that is invalid, of another owner or ended, and `full` if every session is busy. */
  find(id: string, owner: McpContext): Session | 'unknown' | 'full' {
    const read = this.#ids.read(id, owner);
    if (read === undefined || this.#ended.has(id, read.issuedAt)) return 'unknown';
    const found = this.#open.get(id) ?? this.#build(read, owner);
    if (found === undefined) return 'full';
    found.usedAt = performance.now();
    this.#open.delete(id);
    this.#open.set(id, found);
    return found;
  }

  /** Ends a session; false if the id is unknown. Resolves when the end is stored. */
  async end(id: string, owner: McpContext): Promise<boolean> {
    const read = this.#ids.read(id, owner);
    if (read === undefined || this.#ended.has(id, read.issuedAt)) return false;
    const stored = this.#ended.add(id, read.issuedAt);
    this.#open.get(id)?.close();
    this.#open.delete(id);
    await stored;
    return true;
  }

  /** Ends the standalone streams. Running requests continue. */
  endStreams(): void {
    for (const { events } of this.#open.values()) events.standalone.finish();
  }

  #build(facts: SessionFacts, owner: McpContext): Session | undefined {
    if (this.#open.size >= this.#limits.mostSessions) {
      const idle = [...this.#open].find(([, session]) => !session.isBusy);
      if (idle === undefined) {
        this.#onLimit('session.too_many');
        return undefined;
      }
      this.#drop(...idle);
    }
    const { revision, capabilities, client } = facts;
    const classification = { era: 'legacy', revision, clientCapabilities: capabilities } as const;
    const scope = gatewayScope(client === undefined ? classification : { ...classification, client }, owner);
    return new Session(
      facts,
      (notify) => this.#gateway.open({ ...scope, notify }),
      () => {
        this.#onLimit('question.too_many');
      },
    );
  }

  #sweep(): void {
    const dueBefore = performance.now() - this.#limits.idleMs;
    for (const [id, session] of this.#open) {
      if (session.usedAt <= dueBefore && !session.isBusy) this.#drop(id, session);
    }
  }

  #drop(id: string, session: Session): void {
    this.#open.delete(id);
    session.close();
  }
}

export interface SessionProblem {
  readonly status: 404 | 503;
  readonly error: RpcError;
}

/** Returns the session of the header `Mcp-Session-Id`; undefined without that header. */
export function findSession(
  sessions: SessionStore,
  { headers, context }: { readonly headers: IncomingHttpHeaders; readonly context: McpContext },
): Session | SessionProblem | undefined {
  const id = headers[SESSION_HEADER];
  if (id === undefined) return undefined;
  const found = typeof id === 'string' ? sessions.find(id, context) : 'unknown';
  if (found === 'unknown')
    return { status: 404, error: invalidRequest('session not found: send initialize to start a new session') };
  if (found === 'full') {
    return {
      status: 503,
      error: { code: RpcCode.internalError, message: 'too many sessions are busy: try again later' },
    };
  }
  return found;
}
