import { ClarityError, Secret, type Registrant } from '@clarity-runtime/core';
import {
  checkCredential,
  isClientDoor,
  isOwnVariable,
  isReservedHeader,
  toPrintableAscii,
} from '@clarity-runtime/core/internal';
import type { Credential, CredentialProvider, CredentialRequest, CredentialUse } from '@clarity-runtime/core/ports';

/** Options of `environmentCredentials`. */
export interface EnvironmentCredentialsOptions {
  /** Read for every credential, so that a changed variable takes effect. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Additional variables that callers over MCP may name: `CLARITY_REMOTE_AUTH_ENV_ALLOWLIST`. */
  readonly allowlist?: readonly string[];
}

const PREFIX = 'CLARITY_REMOTE_AUTH_';

/** Parsed target of an `authRef`: the variable to read and the header to send. */
interface CredentialSource {
  readonly variable: string;
  readonly header: Credential['header'];
}

const authorization = { name: 'Authorization', bearer: true };

/** Parses a bare name: `github` is `CLARITY_REMOTE_AUTH_GITHUB`. Characters that a variable cannot have become `_`. */
const legacySource = (target: string): CredentialSource => {
  if (target === '') throw new ClarityError('AUTH_REF_INVALID', 'authRef must be a non-empty string');
  return { variable: PREFIX + target.replace(/[^A-Za-z0-9]/g, '_').toUpperCase(), header: authorization };
};

const variableSource = (target: string): CredentialSource => ({
  variable: variableName(target, 'env'),
  header: authorization,
});

function headerSource(target: string): CredentialSource {
  const colon = target.indexOf(':');
  if (colon < 0) throw new ClarityError('AUTH_REF_INVALID', `header_env authRef must be '<Header-Name>:<ENV_VAR>'`);
  const name = target.slice(0, colon).trim();
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(name)) {
    throw new ClarityError('AUTH_REF_INVALID', `invalid header name '${toPrintableAscii(name)}'`);
  }
  if (isReservedHeader(name)) {
    throw new ClarityError('AUTH_REF_INVALID', `header_env provider cannot override ${name.toLowerCase()}`);
  }
  return { variable: variableName(target.slice(colon + 1).trim(), 'header_env'), header: { name, bearer: false } };
}

function variableName(name: string, scheme: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw new ClarityError('AUTH_REF_INVALID', `authRef target for provider '${scheme}' must name a variable`);
}

/**
 * Returns the providers that read the environment: `legacy_env`, `env` and `header_env`.
 * @throws ClarityError AUTH_REF_INVALID when a target is malformed or its variable is not allowed; CREDENTIAL_MISSING when
 * the variable is empty.
 */
export function environmentCredentials(options: EnvironmentCredentialsOptions): readonly CredentialProvider[] {
  return [
    new EnvironmentProvider('legacy_env', legacySource, options),
    new EnvironmentProvider('env', variableSource, options),
    new EnvironmentProvider('header_env', headerSource, options),
  ];
}

class EnvironmentProvider implements CredentialProvider {
  readonly scheme: string;
  readonly #sourceOf: (target: string) => CredentialSource;
  readonly #options: EnvironmentCredentialsOptions;

  constructor(scheme: string, sourceOf: (target: string) => CredentialSource, options: EnvironmentCredentialsOptions) {
    this.scheme = scheme;
    this.#sourceOf = sourceOf;
    this.#options = options;
  }

  async resolve(target: string, { registrant }: CredentialUse): Promise<Credential> {
    const { variable, header } = this.#sourceOf(target);
    this.#assertAllowed(variable, registrant);
    const value = this.#options.environment[variable]?.trim() ?? '';
    if (value === '') throw new ClarityError('CREDENTIAL_MISSING', `missing remote auth secret in env '${variable}'`);
    return Promise.resolve({ secret: new Secret(value), header });
  }

  validate(target: string, use: CredentialUse) {
    return checkCredential(`${this.scheme}:${target}`, use, () => this.resolve(target, use));
  }

  async admit(target: string, { registrant }: CredentialRequest): Promise<void> {
    this.#assertAllowed(this.#sourceOf(target).variable, registrant);
    return Promise.resolve();
  }

  health() {
    const names = Object.keys(this.#options.environment).filter((name) => name.startsWith(PREFIX));
    return Promise.resolve({ healthy: true, detail: `${String(names.length)} variables start with ${PREFIX}` });
  }

  /** At the doors of clients only variables with the prefix or in the allowlist; elsewhere all but the runtime's own. */
  #assertAllowed(variable: string, { door }: Registrant): void {
    if (isOwnVariable(variable)) {
      throw new ClarityError('AUTH_REF_INVALID', `'${variable}' is reserved for the runtime`, {
        hint: 'use a separate variable for the credential',
      });
    }
    if (!isClientDoor(door) || variable.startsWith(PREFIX) || this.#options.allowlist?.includes(variable) === true)
      return;
    throw new ClarityError('AUTH_REF_INVALID', `'${variable}' is not allowed over MCP`, {
      hint: `use a variable that starts with ${PREFIX}, or add it to CLARITY_REMOTE_AUTH_ENV_ALLOWLIST`,
    });
  }
}
