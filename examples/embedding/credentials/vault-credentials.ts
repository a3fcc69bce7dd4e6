import { ClarityError, isClarityError, Secret } from '@clarity-runtime/core';
import type { Credential, CredentialCheck, CredentialHealth, CredentialProvider } from '@clarity-runtime/core/ports';

/** The part of a vault's client that is needed: the newest value under a path, undefined where there is none. */
export interface Vault {
  read(path: string): Promise<string | undefined>;
  isOpen(): Promise<boolean>;
}

const PATH = /^[a-z0-9-]+(\/[a-z0-9-]+)*$/;
const header = { name: 'Authorization', bearer: true };

/** Credentials of a vault, for references of the form `vault:team/service`. */
export class VaultCredentials implements CredentialProvider {
  readonly scheme = 'vault';
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  async resolve(target: string): Promise<Credential> {
    if (!PATH.test(target)) {
      throw new ClarityError('AUTH_REF_INVALID', 'not a path of the vault', { hint: 'write vault:<team>/<service>' });
    }
    const value = await this.#vault.read(target);
    if (value === undefined) throw new ClarityError('CREDENTIAL_MISSING', `the vault has nothing at '${target}'`);
    return { secret: new Secret(value), header };
  }

  async validate(target: string): Promise<CredentialCheck> {
    try {
      await this.resolve(target);
      return { valid: true, issues: [], headers: [header.name] };
    } catch (error) {
      if (!isClarityError(error)) throw error;
      return { valid: false, issues: [error.failure.message], headers: [] };
    }
  }

  async health(): Promise<CredentialHealth> {
    return (await this.#vault.isOpen())
      ? { healthy: true, detail: 'the vault is open' }
      : { healthy: false, detail: 'the vault is sealed' };
  }
}
