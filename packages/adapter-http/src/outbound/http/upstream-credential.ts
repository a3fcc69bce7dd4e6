import { ClarityError, type RemoteMcpOrigin, type Secret, type Service } from '@clarity-runtime/core';
import {
  assertHeaderValue,
  hiddenValues,
  hostOf,
  isReservedHeader,
  Redactor,
  ServiceValues,
} from '@clarity-runtime/core/internal';
import type { Credential } from '@clarity-runtime/core/ports';
import type { HttpConnectorOptions } from './options.ts';

/**
 * The credential, the headers and the query of one upstream. They are resolved with the connection, so that no call waits for
 * the store.
 */
export class UpstreamCredential {
  readonly #service: Service;
  readonly #origin: RemoteMcpOrigin;
  readonly #credentials: HttpConnectorOptions['credentials'];
  readonly #host: string;
  #current: Credential | undefined;
  #headers: Readonly<Record<string, string>> = {};
  readonly #seen: Secret[] = [];
  readonly #configured: string[];
  #redactor: Redactor | undefined;

  constructor(service: Service, origin: RemoteMcpOrigin, credentials: HttpConnectorOptions['credentials']) {
    this.#service = service;
    this.#origin = origin;
    this.#credentials = credentials;
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
    const resolved: Record<string, string> = {};
    for (const [at, entry] of headers.entries()) {
      resolved[entry.name.toLowerCase()] = await values.header(entry, `spec.origin.headers[${String(at)}]`);
    }
    this.#headers = resolved;
    this.#current = fresh;
    this.#hide(values);
    return JSON.stringify(this.headers()) !== before;
  }

  headers(): Readonly<Record<string, string>> {
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

  #hide({ secrets, configured }: ServiceValues): void {
    this.#seen.push(...secrets);
    this.#configured.push(...configured);
    this.#redactor = Redactor.of(this.#seen, this.#configured);
  }
}
