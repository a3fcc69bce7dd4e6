import { ClarityError, type RemoteMcpOrigin, type Secret } from '@clarity-runtime/core';
import { isReservedHeader, systemCaller } from '@clarity-runtime/core/internal';
import type { Credential } from '@clarity-runtime/core/ports';
import type { HttpConnectorOptions } from './options.ts';

/** The credential of one upstream. It is resolved with the connection, so that no call waits for the store. */
export class UpstreamCredential {
  readonly #load: () => Promise<Credential | undefined>;
  #current: Credential | undefined;
  readonly #seen: Secret[] = [];

  constructor({ authRef }: RemoteMcpOrigin, credentials: HttpConnectorOptions['credentials']) {
    this.#load = async () => {
      if (authRef === undefined) return undefined;
      if (credentials !== undefined) return await credentials(authRef, systemCaller);
      throw new ClarityError('CREDENTIAL_MISSING', 'this runtime keeps no credentials', {
        field: 'spec.origin.authRef',
      });
    };
  }

  /** Resolves the credential again; true if it has changed. */
  async refresh(): Promise<boolean> {
    const before = this.#current?.secret.reveal();
    const fresh = await this.#load();
    if (fresh !== undefined) {
      if (isReservedHeader(fresh.header.name)) {
        throw new ClarityError('AUTH_REF_INVALID', `a credential cannot be sent as '${fresh.header.name}'`);
      }
      if (!/^[\x20-\x7e]*$/.test(fresh.secret.reveal())) {
        throw new ClarityError('CREDENTIAL_MISSING', 'the value has characters that a header cannot carry');
      }
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
