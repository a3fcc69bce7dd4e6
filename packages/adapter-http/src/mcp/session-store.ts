import { randomBytes } from 'node:crypto';
import { type LimitName, RpcCode, type RpcError } from '@clarity-runtime/core';
import type { McpGateway } from '@clarity-runtime/core/ports';
import { gatewayScope, SESSION_HEADER } from './protocol-classification.ts';
import type { McpContext } from './mcp-post.ts';
import { SessionIds, type SessionFacts } from './session-id.ts';
import { Session } from './session.ts';
import type { IncomingHttpHeaders } from 'node:http';
import { invalidRequest } from './rpc-message.ts';

export interface SessionLimits {
  /** Sessions that are held in memory at once. */
  readonly mostSessions: number;
  /** Milliseconds after which one that nobody uses is let go; its id stays good. */
  readonly idleMs: number;
  readonly mostTombstones: number;
}

export interface SessionOptions extends Partial<SessionLimits> {
  /** Told of what a bound refuses. */
  readonly refused?: (what: LimitName) => void;
}

export const DEFAULT_SESSION_LIMITS: SessionLimits = {
  mostSessions: 1_000,
  idleMs: 30 * 60_000,
  mostTombstones: 10_000,
};

const SWEEP_MS = 60_000;
const KEY_BYTES = 32;

/**
 * The sessions of legacy clients. An id is all that lasts: what lives is built when it is first used and again after it was
 * let go. Ids that were ended stay dead as long as the bound allows.
 */
export class SessionStore {
  readonly #gateway: McpGateway;
  readonly #ids: SessionIds;
  readonly #limits: SessionLimits;
  readonly #refused: (what: LimitName) => void;
  /** The one that was used longest ago comes first. */
  readonly #living = new Map<string, Session>();
  readonly #ended = new Set<string>();

  constructor(
    gateway: McpGateway,
    key: Uint8Array = randomBytes(KEY_BYTES),
    { refused, ...limits }: SessionOptions = {},
  ) {
    this.#gateway = gateway;
    this.#ids = new SessionIds(key);
    this.#refused = refused ?? ((): void => undefined);
    this.#limits = { ...DEFAULT_SESSION_LIMITS, ...limits };
    setInterval(
      () => {
        this.#sweep();
      },
      Math.min(SWEEP_MS, this.#limits.idleMs),
    ).unref();
  }

  /** How many are held in memory. */
  get size(): number {
    return this.#living.size;
  }

  /** Nothing is held for it before it is used. */
  mint(facts: SessionFacts, owner: McpContext): string {
    return this.#ids.mint(facts, owner);
  }

  /** `unknown` for an id that is not ours, not this owner's, or ended; `full` when all sessions that are held are busy. */
  find(id: string, owner: McpContext): Session | 'unknown' | 'full' {
    const facts = this.#ended.has(id) ? undefined : this.#ids.read(id, owner);
    if (facts === undefined) return 'unknown';
    const found = this.#living.get(id) ?? this.#open(facts, owner);
    if (found === undefined) return 'full';
    found.usedAt = performance.now();
    this.#living.delete(id);
    this.#living.set(id, found);
    return found;
  }

  /** False when there is nothing to end. */
  end(id: string, owner: McpContext): boolean {
    if (this.#ended.has(id) || this.#ids.read(id, owner) === undefined) return false;
    this.#ended.add(id);
    if (this.#ended.size > this.#limits.mostTombstones) {
      for (const oldest of this.#ended) {
        this.#ended.delete(oldest);
        break;
      }
    }
    this.#living.get(id)?.close();
    this.#living.delete(id);
    return true;
  }

  /** What belongs to no request is not told any more; requests that run go on. */
  endStreams(): void {
    for (const { events } of this.#living.values()) events.standalone.finish();
  }

  #open(facts: SessionFacts, owner: McpContext): Session | undefined {
    if (this.#living.size >= this.#limits.mostSessions) {
      const idle = [...this.#living].find(([, session]) => !session.isBusy);
      if (idle === undefined) {
        this.#refused('session.too_many');
        return undefined;
      }
      this.#drop(...idle);
    }
    const { revision, capabilities, client } = facts;
    const dialect = { era: 'legacy', revision, clientCapabilities: capabilities } as const;
    const scope = gatewayScope(client === undefined ? dialect : { ...dialect, client }, owner);
    return new Session(
      facts,
      (notify) => this.#gateway.open({ ...scope, notify }),
      () => {
        this.#refused('question.too_many');
      },
    );
  }

  #sweep(): void {
    const dueBefore = performance.now() - this.#limits.idleMs;
    for (const [id, session] of this.#living) {
      if (session.usedAt <= dueBefore && !session.isBusy) this.#drop(id, session);
    }
  }

  #drop(id: string, session: Session): void {
    this.#living.delete(id);
    session.close();
  }
}

export interface SessionProblem {
  readonly status: 404 | 503;
  readonly error: RpcError;
}

/** The session that the headers name; undefined when they name none. */
export function findSession(
  sessions: SessionStore,
  { headers, context }: { readonly headers: IncomingHttpHeaders; readonly context: McpContext },
): Session | SessionProblem | undefined {
  const id = headers[SESSION_HEADER];
  if (id === undefined) return undefined;
  const found = typeof id === 'string' ? sessions.find(id, context) : 'unknown';
  if (found === 'unknown') return { status: 404, error: invalidRequest('no such session: begin anew with initialize') };
  if (found === 'full') {
    return {
      status: 503,
      error: { code: RpcCode.internalError, message: 'too many sessions are busy: try again later' },
    };
  }
  return found;
}
