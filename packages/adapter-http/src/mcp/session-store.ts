import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { failure, type LimitName, RpcCode, type RpcError } from '@clarity-runtime/core';
import { principalKey } from '@clarity-runtime/core/internal';
import type { McpGateway } from '@clarity-runtime/core/ports';
import { invalidRequest, type SessionFacts } from '@clarity-runtime/core/protocol';
import { DEFAULT_EVENT_BUDGET, EventBudget, type EventBudgetLimits } from './event-budget.ts';
import type { McpContext } from './mcp-post.ts';
import { gatewayScope, SESSION_HEADER } from './protocol-classification.ts';
import { isSameOwner, SessionIds, type IssuedSession } from './session-id.ts';
import { Session } from './session.ts';
import { SessionTombstones, type TombstoneStore } from './session-tombstones.ts';

export interface SessionLimits {
  /** Sessions in memory at the same time. */
  readonly mostSessions: number;
  /** Sessions of one principal in memory at the same time. */
  readonly mostPerPrincipal: number;
  /** Milliseconds after which an idle session leaves the memory. Its id stays valid. */
  readonly idleMs: number;
  /** Milliseconds after which an idle session forgets the events that it keeps for resumption. */
  readonly restMs: number;
  readonly events: EventBudgetLimits;
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
  mostPerPrincipal: 750,
  idleMs: 30 * 60_000,
  restMs: 5 * 60_000,
  events: DEFAULT_EVENT_BUDGET,
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
  /** Numbers of sessions in memory, by principal. */
  readonly #counts = new Map<string, number>();
  readonly #budget: EventBudget;
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
    this.#budget = new EventBudget(this.#limits.events, () => {
      this.#onLimit('event.over_budget');
    });
    const maxCount = this.#limits.mostTombstones;
    this.#ended = new SessionTombstones({ maxCount, now, ...(store === undefined ? {} : { store }) });
    setInterval(
      () => {
        this.#sweep();
      },
      Math.min(SWEEP_MS, this.#limits.idleMs, this.#limits.restMs),
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

  /** Bytes of the events that all sessions keep. */
  get keptBytes(): number {
    return this.#budget.bytes;
  }

  /**
   * Returns `unknown` for an id that is invalid, of another owner or ended, `quota` if the principal has its share of busy
   * sessions, and `full` if every session is busy.
   */
  find(id: string, owner: McpContext): Session | 'unknown' | 'quota' | 'full' {
    const known = this.#open.get(id);
    if (known?.context !== undefined && isSameOwner(known.context, owner)) {
      return this.#ended.has(id, known.issuedAt) ? 'unknown' : this.#used(id, known);
    }
    const read = this.#ids.read(id, owner);
    if (read === undefined || this.#ended.has(id, read.issuedAt)) return 'unknown';
    const built = this.#build(read, owner);
    if (typeof built === 'string') return built;
    this.#counts.set(built.owner, this.#countOf(built.owner) + 1);
    return this.#used(id, built);
  }

  #used(id: string, session: Session): Session {
    session.usedAt = performance.now();
    this.#open.delete(id);
    this.#open.set(id, session);
    return session;
  }

  /** Ends a session; false if the id is unknown. Resolves when the end is stored. */
  async end(id: string, owner: McpContext): Promise<boolean> {
    const read = this.#ids.read(id, owner);
    if (read === undefined || this.#ended.has(id, read.issuedAt)) return false;
    const stored = this.#ended.add(id, read.issuedAt);
    const session = this.#open.get(id);
    if (session !== undefined) this.#drop(id, session);
    await stored;
    return true;
  }

  /** Ends the standalone streams. Running requests continue. */
  endStreams(): void {
    for (const { events } of this.#open.values()) events.standalone.finish();
  }

  #build(facts: IssuedSession, owner: McpContext): Session | 'quota' | 'full' {
    const principal = principalKey(owner.caller);
    const refused = this.#makeRoom(principal);
    if (refused !== undefined) {
      this.#onLimit(refused === 'full' ? 'session.too_many' : 'session.over_share');
      return refused;
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
      { owner: principal, context: owner, issuedAt: facts.issuedAt, budget: this.#budget },
    );
  }

  /**
   * Drops one session if the limits need it: an idle one of the principal, or of the principal with the most sessions, or
   * else the newest busy one of a principal with more sessions than this one.
   */
  #makeRoom(principal: string): 'quota' | 'full' | undefined {
    const own = this.#countOf(principal);
    const isFull = this.#open.size >= this.#limits.mostSessions;
    if (!isFull && own < this.#limits.mostPerPrincipal) return undefined;
    const idle = [...this.#open].filter(([, session]) => !session.isBusy);
    if (!isFull) {
      const victim = idle.find(([, session]) => session.owner === principal);
      if (victim === undefined) return 'quota';
      this.#drop(...victim);
      return undefined;
    }
    const victim = idle.length > 0 ? this.#ofGreediest(idle) : this.#ofGreediest([...this.#open].reverse());
    if (victim === undefined || (idle.length === 0 && this.#countOf(victim[1].owner) <= own + 1)) return 'full';
    this.#drop(...victim);
    return undefined;
  }

  /** Returns the first of these sessions that belongs to the principal with the most sessions. */
  #ofGreediest(among: readonly (readonly [string, Session])[]): readonly [string, Session] | undefined {
    let found: readonly [string, Session] | undefined;
    for (const entry of among) {
      if (found === undefined || this.#countOf(entry[1].owner) > this.#countOf(found[1].owner)) found = entry;
    }
    return found;
  }

  #countOf(principal: string): number {
    return this.#counts.get(principal) ?? 0;
  }

  #sweep(): void {
    const { idleMs, restMs } = this.#limits;
    const now = performance.now();
    for (const [id, session] of this.#open) {
      if (session.isBusy) continue;
      if (session.usedAt <= now - idleMs) this.#drop(id, session);
      else if (session.usedAt <= now - restMs) session.events.forgetAll();
    }
  }

  #drop(id: string, session: Session): void {
    this.#open.delete(id);
    const left = this.#countOf(session.owner) - 1;
    if (left > 0) this.#counts.set(session.owner, left);
    else this.#counts.delete(session.owner);
    session.close();
  }
}

export interface SessionProblem {
  readonly status: 404 | 429 | 503;
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
  if (found === 'quota') {
    const { code, message } = failure('QUOTA_EXCEEDED', 'sessions that are busy');
    return { status: 429, error: { code: RpcCode.internalError, message, data: { code } } };
  }
  if (found === 'full') {
    return {
      status: 503,
      error: { code: RpcCode.internalError, message: 'too many sessions are busy: try again later' },
    };
  }
  return found;
}
