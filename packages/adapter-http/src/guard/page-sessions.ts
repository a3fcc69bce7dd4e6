import { createHash, randomBytes } from 'node:crypto';
import type { Caller } from '@clarity-runtime/core';

const TOTAL_MS = 12 * 60 * 60 * 1000;
const IDLE_MS = 60 * 60 * 1000;
/** Time in which the page fetches the header half after it was opened with the token in its address. */
const CLAIM_MS = 60 * 1000;
const MAX_COUNT = 256;

export interface PageSessionsOptions {
  readonly isSecure?: boolean;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** A new session: the value of `Set-Cookie`, and the half that the page sends as `x-clarity-page`. */
export interface OpenedSession {
  readonly cookie: string;
  readonly half: string;
}

interface PageSession {
  readonly caller: Caller;
  readonly openedAt: number;
  usedAt: number;
  /** Digest of the header half; undefined until the page has claimed it. */
  half: string | undefined;
}

/**
 * Sessions of browsers that sent a token. A session has two random halves: a cookie, which browsers send to every port of this
 * host, and a header, which only scripts of the page that got it can send. One without the other is worth nothing. Only
 * digests are stored, in memory.
 */
export class PageSessions {
  /** By the digest of the cookie, oldest first. */
  readonly #sessions = new Map<string, PageSession>();
  readonly #now: () => number;
  readonly #isSecure: boolean;
  readonly cookieName: string;

  /** With `isSecure`, browsers send the cookie over TLS only, and only to this host (RFC 6265bis §4.1.3, `__Host-`). */
  constructor(instanceId: string, { isSecure = false, now = () => performance.now() }: PageSessionsOptions = {}) {
    this.#isSecure = isSecure;
    this.cookieName = `${isSecure ? '__Host-' : ''}clarity_${instanceId.replace(/[^A-Za-z0-9_-]/g, '')}`;
    this.#now = now;
  }

  /** Opens a session for a caller of the API. */
  open(caller: Caller): OpenedSession {
    const half = random();
    return { cookie: this.#add(caller, digest(half)), half };
  }

  /** Opens a session whose header half the page claims within a minute. Returns the value of `Set-Cookie`. */
  openUnclaimed(caller: Caller): string {
    return this.#add(caller, undefined);
  }

  /** Returns the header half of a session that was just opened, once. */
  claim(cookie: string): string | undefined {
    const session = this.#findUnclaimed(cookie);
    if (session === undefined) return undefined;
    const half = random();
    session.half = digest(half);
    return half;
  }

  /** Returns whether `claim` has a header half to give. */
  isClaimable(cookie: string): boolean {
    return this.#findUnclaimed(cookie) !== undefined;
  }

  /** Returns the caller of a session with both halves. Its idle time starts again. */
  callerOf(cookie: string, half: string): Caller | undefined {
    const session = this.#find(cookie);
    if (session?.half === undefined || session.half !== digest(half)) return undefined;
    session.usedAt = this.#now();
    return session.caller;
  }

  /** Returns the holder of a session by its cookie alone: enough to know who opens a link, and not to act for them. */
  holderOf(cookie: string): Caller | undefined {
    return this.#find(cookie)?.caller;
  }

  /** Ends a session. Returns the value of `Set-Cookie` that removes its cookie. */
  close(cookie: string): string {
    this.#sessions.delete(digest(cookie));
    return this.#cookie('', 0);
  }

  #add(caller: Caller, half: string | undefined): string {
    const cookie = random();
    const now = this.#now();
    this.#sessions.set(digest(cookie), { caller, openedAt: now, usedAt: now, half });
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= MAX_COUNT) break;
      this.#sessions.delete(oldest);
    }
    return this.#cookie(cookie, TOTAL_MS / 1000);
  }

  #cookie(value: string, seconds: number): string {
    const secure = this.#isSecure ? '; Secure' : '';
    return `${this.cookieName}=${value}; Max-Age=${String(seconds)}; Path=/; HttpOnly; SameSite=Strict${secure}`;
  }

  #findUnclaimed(cookie: string): PageSession | undefined {
    const session = this.#find(cookie);
    if (session === undefined || session.half !== undefined) return undefined;
    return this.#now() - session.openedAt > CLAIM_MS ? undefined : session;
  }

  #find(cookie: string): PageSession | undefined {
    const key = digest(cookie);
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    const now = this.#now();
    const isOver = now - session.openedAt >= TOTAL_MS || now - session.usedAt >= IDLE_MS;
    if (!isOver && session.caller.ended?.aborted !== true) return session;
    this.#sessions.delete(key);
    return undefined;
  }
}

const random = (): string => randomBytes(32).toString('base64url');

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
