import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import type { JSONWebKeySet, JWK } from 'jose';
import { wellKnown } from './discovery.ts';
import { jsonObject, type Metadata } from './metadata-reader.ts';
import { isLoginUrl, type OAuthHttp } from './oauth-http.ts';

const MAX_KEYS = 100;
const FRESH_MS = 10 * 60_000;
/** Shortest time between two requests for keys: a token with an unknown key must not cause a request each. */
const PAUSE_MS = 30_000;
/** Keys are used for a day if the issuer is away: a 401 would make clients discard valid tokens. */
const STALE_MS = 24 * 60 * 60_000;
const READ_MS = 20_000;

/** The public keys of one issuer (RFC 7517), found by its metadata (RFC 8414, OpenID Connect Discovery). */
export class IssuerKeys {
  readonly #issuer: string;
  readonly #http: OAuthHttp;
  readonly #now: () => number;
  #kept: { readonly keys: JSONWebKeySet; readonly readAt: number } | undefined;
  #reading: Promise<void> | undefined;
  #triedAt = -Infinity;
  #problem = 'they were not read yet';

  constructor(issuer: string, http: OAuthHttp, now: () => number) {
    this.#issuer = issuer;
    this.#http = http;
    this.#now = now;
  }

  /**
   * Returns the keys, read again after 10 minutes or for an unknown `kid`, at most every 30 s.
   * @throws ClarityError ISSUER_UNAVAILABLE without keys of the last day.
   */
  async get(kid: string | undefined): Promise<JSONWebKeySet> {
    const kept = this.#kept;
    const isFresh = kept !== undefined && this.#now() - kept.readAt < FRESH_MS;
    const isKnown = kid === undefined || kept?.keys.keys.some((key) => key.kid === kid) === true;
    if (!isFresh || !isKnown) await this.#renew();
    const found = this.#kept;
    if (found !== undefined && this.#now() - found.readAt < STALE_MS) return found.keys;
    throw new ClarityError('ISSUER_UNAVAILABLE', `${toPrintableAscii(this.#issuer, 200)}: ${this.#problem}`);
  }

  async #renew(): Promise<void> {
    if (this.#reading === undefined && this.#now() - this.#triedAt < PAUSE_MS) return;
    this.#triedAt = this.#now();
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    await this.#reading;
  }

  async #read(): Promise<void> {
    try {
      const keys = await this.#fetch(AbortSignal.timeout(READ_MS));
      this.#kept = { keys, readAt: this.#now() };
    } catch (error) {
      this.#problem = toPrintableAscii(error instanceof Error ? error.message : String(error), 200);
    }
  }

  async #fetch(signal: AbortSignal): Promise<JSONWebKeySet> {
    const address = (await this.#metadata(signal))['jwks_uri'];
    if (typeof address !== 'string' || !URL.canParse(address) || !isLoginUrl(new URL(address)))
      throw new Error('its metadata names no https address of keys');
    const { status, body } = await this.#http.read(new URL(address), signal);
    const { keys } = (status === 200 ? jsonObject(body) : undefined) ?? {};
    if (!Array.isArray(keys)) throw new Error(`no key set at its address of keys (HTTP ${String(status)})`);
    if (keys.length > MAX_KEYS) throw new Error(`more than ${String(MAX_KEYS)} keys`);
    return { keys: keys.filter(isPublicKey) };
  }

  async #metadata(signal: AbortSignal): Promise<Metadata> {
    for (const place of wellKnown(new URL(this.#issuer))) {
      const { status, body } = await this.#http.read(place, signal);
      const document = status === 200 ? jsonObject(body) : undefined;
      if (document?.['jwks_uri'] === undefined) continue;
      // RFC 8414 §3.3.
      if (document['issuer'] === this.#issuer) return document;
      throw new Error('its metadata names another issuer');
    }
    throw new Error('it has no metadata');
  }
}

/** A symmetric key would let everyone who can read it sign tokens. */
const isPublicKey = (key: unknown): key is JWK => {
  const { kty, use, d, k } = Object(key) as Record<string, unknown>;
  return typeof kty === 'string' && kty !== 'oct' && use !== 'enc' && d === undefined && k === undefined;
};
