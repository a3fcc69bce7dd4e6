import { ClarityError, type Secret, type Service } from '@clarity-runtime/core';
import { assertHeaderValue, hostOf, isReservedHeader, OPERATOR } from '@clarity-runtime/core/internal';
import type { Credential, CredentialRequest } from '@clarity-runtime/core/ports';
import type { HttpConnectorOptions } from './options.ts';

/** The credential of one upstream. It is resolved with the connection, so that no call waits for the store. */
export class UpstreamCredential {
  readonly #load: () => Promise<Credential | undefined>;
  #current: Credential | undefined;
  readonly #authRef: string;
  readonly #credentials: HttpConnectorOptions['credentials'];
  readonly #seen: Secret[] = [];

  constructor(
    { namespace, registrant = OPERATOR }: Service,
    { authRef, url }: { readonly authRef: string | undefined; readonly url: URL },
    credentials: HttpConnectorOptions['credentials'],
  ) {
    const request: CredentialRequest = {
      tenant: 'default',
      registrant,
      service: namespace,
      host: hostOf(url),
      purpose: 'header',
    };
    this.#authRef = authRef ?? '';
    this.#credentials = credentials;
    this.#load = async () => {
      if (authRef === undefined) return undefined;
      if (credentials !== undefined) return await credentials(authRef, request);
      throw new ClarityError('CREDENTIAL_MISSING', 'this runtime keeps no credentials', {
        field: 'spec.origin.authRef',
      });
    };
  }

  /** Resolves the credential; the service refused the former one. Returns whether it has changed. */
  async refresh(): Promise<boolean> {
    const before = this.#current?.secret.reveal();
    const refused = this.#current?.version;
    if (refused !== undefined) this.#credentials?.rejected?.(this.#authRef, refused);
    const fresh = await this.#load();
    if (fresh !== undefined) {
      if (isReservedHeader(fresh.header.name)) {
        throw new ClarityError('AUTH_REF_INVALID', `a credential cannot be sent as '${fresh.header.name}'`);
      }
      assertHeaderValue(this.#authRef, fresh.header.name, fresh.secret);
      this.#seen.push(fresh.secret);
    }
    this.#current = fresh;
    return fresh?.secret.reveal() !== before;
  }

  headers(): Readonly<Record<string, string>> {
    if (this.#current === undefined) return {};
    const { secret, header } = this.#current;
    const value = secret.reveal();
    return { [header.name.toLowerCase()]: header.bearer && !value.startsWith('Bearer ') ? `Bearer ${value}` : value };
  }

  /** Removes every value that this credential has had from a text. */
  redact(text: string): string {
    return this.#seen.reduce((clean, secret) => secret.redact(clean), text);
  }
}
