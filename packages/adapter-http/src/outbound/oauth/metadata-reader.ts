import { ClarityError } from '@clarity-runtime/core';
import type { LoginTarget } from '@clarity-runtime/core/ports';
import { shownOrigin, type OAuthHttp } from './oauth-http.ts';

export type Metadata = Readonly<Record<string, unknown>>;

const KEPT_MS = 300_000;
const ABSENT_MS = 60_000;
const MAX_ENTRIES = 256;
const MAX_REDIRECTS = 3;

interface Kept {
  readonly document: Metadata | undefined;
  readonly until: number;
}

/** Reads metadata documents and keeps them for 5 minutes; the absence of one for a minute. */
export class MetadataReader {
  readonly #http: OAuthHttp;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();

  constructor(http: OAuthHttp, now: () => number) {
    this.#http = http;
    this.#now = now;
  }

  /** Forgets all documents, because a login begins. */
  clear(): void {
    this.#kept.clear();
  }

  /**
   * Returns the JSON object at a URL; undefined if it does not exist: any status of 4xx, 502, or another content.
   * @throws ClarityError LOGIN_DISCOVERY_FAILED when the server or the network failed; ENDPOINT_FORBIDDEN.
   */
  async read(target: LoginTarget, url: URL, signal: AbortSignal): Promise<Metadata | undefined> {
    const key = url.href;
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.until > this.#now()) return kept.document;
    const document = await this.#fetch(target, url, signal);
    if (this.#kept.size >= MAX_ENTRIES) this.#kept.delete(this.#kept.keys().next().value ?? '');
    this.#kept.set(key, { document, until: this.#now() + (document === undefined ? ABSENT_MS : KEPT_MS) });
    return document;
  }

  async #fetch(target: LoginTarget, first: URL, signal: AbortSignal): Promise<Metadata | undefined> {
    let url = first;
    for (let count = 0; count <= MAX_REDIRECTS; count += 1) {
      const response = await this.#http.send(target, { method: 'GET', url }, signal).catch((error: unknown) => {
        throw failed(url, error);
      });
      const { status } = response;
      if (status >= 300 && status < 400) {
        const location = response.header('location');
        if (location === undefined || !URL.canParse(location, url.href)) return undefined;
        url = new URL(location, url);
        continue;
      }
      if (status === 200) return jsonObject(response.body);
      if (status === 429 || (status >= 500 && status !== 502)) throw failed(url, `HTTP ${String(status)}`);
      return undefined;
    }
    return undefined;
  }
}

/** Returns a JSON object; undefined for anything else, such as the page of a web application. */
export function jsonObject(bytes: Uint8Array): Metadata | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Metadata) : undefined;
  } catch {
    return undefined;
  }
}

function failed(url: URL, cause: unknown): unknown {
  if (
    cause instanceof ClarityError &&
    !['UPSTREAM_UNREACHABLE', 'UPSTREAM_LOST', 'CALL_TIMED_OUT'].includes(cause.code)
  )
    return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ClarityError('LOGIN_DISCOVERY_FAILED', `${shownOrigin(url)}: ${reason}`, { cause });
}
