import { ClarityError, type RemoteMcpOrigin, type Secret, type Service } from '@clarity-runtime/core';
import {
  assertHeaderValue,
  hiddenValues,
  hostOf,
  isReservedHeader,
  Redactor,
  ServiceValues,
} from '@clarity-runtime/core/internal';
import type { Credential, UpstreamAuthorization } from '@clarity-runtime/core/ports';
import { bearerChallenge } from './bearer-challenge.ts';
import type { HttpConnectorOptions } from './options.ts';

/** Milliseconds to get a token for a connection or a request. */
const LOGIN_MS = 35_000;

/** `isRepeated`: the request has been sent twice. `mayRepeat`: it has no effect, so that it can be sent again in any case. */
export interface RefusedSend {
  readonly isRepeated: boolean;
  readonly mayRepeat: boolean;
  /** Version of the credential that was sent: another request may have renewed it since. */
  readonly version: string | undefined;
}

interface SentHeaders {
  readonly current: Credential | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly all: Readonly<Record<string, string>>;
}

/**
 * The credential, the headers and the query of one upstream. They are resolved with the connection, so that no call waits for
 * the store.
 */
export class UpstreamCredential {
  readonly #service: Service;
  readonly #origin: RemoteMcpOrigin;
  readonly #credentials: HttpConnectorOptions['credentials'];
  readonly #host: string;
  readonly #authorization: UpstreamAuthorization | undefined;
  #current: Credential | undefined;
  #headers: Readonly<Record<string, string>> = {};
  /** The last result of `headers`, and what it was made of. */
  #sent: SentHeaders = { current: undefined, headers: this.#headers, all: this.#headers };
  readonly #seen: Secret[] = [];
  readonly #configured: string[];
  #redactor: Redactor | undefined;

  /** `authorization` is the login of a service without `authRef`. */
  constructor(
    service: Service,
    origin: RemoteMcpOrigin,
    credentials: HttpConnectorOptions['credentials'],
    authorization?: UpstreamAuthorization,
  ) {
    this.#service = service;
    this.#origin = origin;
    this.#credentials = credentials;
    this.#authorization = authorization;
    this.#host = hostOf(new URL(origin.endpoint));
    this.#configured = [...hiddenValues(service.manifest)];
    this.#redactor = Redactor.of([], this.#configured);
  }

  /** Returns the endpoint with the values of its placeholders and of `origin.query`. */
  async endpoint(): Promise<URL> {
    const values = this.#values();
    const { endpoint, query = [] } = this.#origin;
    const place = { field: 'spec.origin.endpoint', purpose: 'endpoint' } as const;
    const url = new URL(await values.expand(endpoint, place, encodeURIComponent));
    for (const [at, entry] of query.entries()) {
      const field = `spec.origin.query[${String(at)}]`;
      url.searchParams.append(entry.name, await values.value(entry, { field, purpose: 'query' }));
    }
    this.#hide(values);
    return url;
  }

  /** Resolves the credential and the headers; the service refused the former ones. Returns whether they have changed. */
  async refresh(): Promise<boolean> {
    const before = JSON.stringify(this.headers());
    const { authRef, headers = [] } = this.#origin;
    const refused = this.#current?.version;
    if (refused !== undefined && authRef !== undefined) this.#credentials?.rejected?.(authRef, refused);
    const values = this.#values();
    const fresh =
      authRef === undefined
        ? undefined
        : await values.credential(authRef, { field: 'spec.origin.authRef', purpose: 'header' });
    if (authRef !== undefined && fresh !== undefined) {
      if (isReservedHeader(fresh.header.name)) {
        throw new ClarityError('AUTH_REF_INVALID', `a credential cannot be sent as '${fresh.header.name}'`);
      }
      assertHeaderValue(authRef, fresh.header.name, fresh.secret);
    }
    const login =
      authRef === undefined ? await this.#authorization?.credential(AbortSignal.timeout(LOGIN_MS)) : undefined;
    const resolved: Record<string, string> = {};
    for (const [at, entry] of headers.entries()) {
      resolved[entry.name.toLowerCase()] = await values.header(entry, `spec.origin.headers[${String(at)}]`);
    }
    // The login replaces a header of the manifest.
    if (this.#authorization !== undefined) delete resolved['authorization'];
    this.#headers = resolved;
    this.#current = fresh ?? login;
    this.#hide(values);
    if (login !== undefined) this.#hideLogin(login);
    return JSON.stringify(this.headers()) !== before;
  }

  /**
   * The service answered 401 with this challenge. Returns whether the request is sent once more, with another credential.
   * @throws ClarityError LOGIN_REQUIRED, CREDENTIAL_REFRESH_FAILED for a service with a login.
   */
  async refused(challenge: string | undefined, { isRepeated, mayRepeat, version }: RefusedSend): Promise<boolean> {
    const authorization = this.#authorization;
    if (authorization === undefined) return !isRepeated && (await this.refresh().catch(() => false));
    const parsed = bearerChallenge(challenge);
    const request = {
      ...(parsed === undefined ? {} : { challenge: parsed }),
      ...(version === undefined ? {} : { version }),
      isRepeated,
    };
    const next = await authorization.refused(request, AbortSignal.timeout(LOGIN_MS));
    if (next === undefined) return false;
    this.#current = next;
    this.#hideLogin(next);
    // A refusal that names the token is certain: the service has not carried the request out.
    const isOfToken = parsed !== undefined && (parsed.error === undefined || parsed.error === 'invalid_token');
    return !isRepeated && (mayRepeat || isOfToken);
  }

  /** Returns the error of a response 403 that asks for more scopes (RFC 6750 §3.1); undefined for another one. */
  scopeError(challenge: string | undefined): ClarityError | undefined {
    const parsed = this.#authorization === undefined ? undefined : bearerChallenge(challenge);
    return parsed?.error === 'insufficient_scope' ? this.#authorization?.needsScopes(parsed) : undefined;
  }

  get version(): string | undefined {
    return this.#current?.version;
  }

  /** Returns the headers of a request; the same object until one of them changes. */
  headers(): Readonly<Record<string, string>> {
    const { current, headers, all } = this.#sent;
    if (current === this.#current && headers === this.#headers) return all;
    this.#sent = { current: this.#current, headers: this.#headers, all: this.#allHeaders() };
    return this.#sent.all;
  }

  #allHeaders(): Readonly<Record<string, string>> {
    if (this.#current === undefined) return this.#headers;
    const { secret, header } = this.#current;
    const value = secret.reveal();
    const sent = header.bearer && !value.startsWith('Bearer ') ? `Bearer ${value}` : value;
    return { ...this.#headers, [header.name.toLowerCase()]: sent };
  }

  /** Returns whether the service has values that its messages must not show. */
  get hidesValues(): boolean {
    return this.#redactor !== undefined;
  }

  /** Removes every value that this service has had from a text for errors and logs. */
  redact(text: string): string {
    return this.#redactor?.redact(text) ?? text;
  }

  redactJson(json: string): string {
    return this.#redactor?.redactJson(json) ?? json;
  }

  #values(): ServiceValues {
    return new ServiceValues(this.#service, this.#credentials, { host: this.#host });
  }

  #hideLogin({ secret }: Credential): void {
    if (this.#seen.some((other) => other.reveal() === secret.reveal())) return;
    this.#seen.push(secret);
    this.#redactor = Redactor.of(this.#seen, this.#configured);
  }

  #hide({ secrets, configured }: ServiceValues): void {
    this.#seen.push(...secrets);
    this.#configured.push(...configured);
    this.#redactor = Redactor.of(this.#seen, this.#configured);
  }
}
