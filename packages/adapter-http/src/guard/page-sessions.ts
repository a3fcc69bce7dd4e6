import { createHash, randomBytes } from 'node:crypto';

const TTL_MS = 12 * 60 * 60 * 1000;
const MAX_COUNT = 256;

export interface PageSessionsOptions {
  readonly isSecure?: boolean;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** Sessions of browsers that sent the token. A session id is a random value; only its digest is stored, in memory. */
export class PageSessions {
  /** Expiry by digest, in monotonic milliseconds; oldest first. */
  readonly #ends = new Map<string, number>();
  readonly #now: () => number;
  readonly #isSecure: boolean;
  readonly cookieName: string;

  /** With `isSecure`, browsers send the cookie over TLS only, and only to this host (RFC 6265bis §4.1.3, `__Host-`). */
  constructor(instanceId: string, { isSecure = false, now = () => performance.now() }: PageSessionsOptions = {}) {
    this.#isSecure = isSecure;
    this.cookieName = `${isSecure ? '__Host-' : ''}clarity_${instanceId.replace(/[^A-Za-z0-9_-]/g, '')}`;
    this.#now = now;
  }

  /** Opens a session and returns the value of its `Set-Cookie` header. */
  open(): string {
    const session = randomBytes(32).toString('base64url');
    this.#ends.set(digest(session), this.#now() + TTL_MS);
    for (const oldest of this.#ends.keys()) {
      if (this.#ends.size <= MAX_COUNT) break;
      this.#ends.delete(oldest);
    }
    return `${this.cookieName}=${session}; Max-Age=${String(TTL_MS / 1000)}; Path=/; HttpOnly; SameSite=Strict${this.#isSecure ? '; Secure' : ''}`;
  }

  knows(session: string): boolean {
    const key = digest(session);
    const end = this.#ends.get(key);
    if (end === undefined) return false;
    if (this.#now() < end) return true;
    this.#ends.delete(key);
    return false;
  }
}

const digest = (session: string): string => createHash('sha256').update(session).digest('base64url');
