import { ClarityError, isClarityError, Secret, type Caller } from '@clarity-runtime/core';
import { isModel, isOwnVariable, isReservedHeader, toPrintableAscii } from '@clarity-runtime/core/internal';
import type { Credential, CredentialProvider } from '@clarity-runtime/core/ports';

export interface EnvironmentCredentialsOptions {
  /** Read at every request for a credential, so that a changed variable counts. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Further variables that callers of the MCP door may name: `CLARITY_REMOTE_AUTH_ENV_ALLOWLIST`. */
  readonly allowlist?: readonly string[];
}

const PREFIX = 'CLARITY_REMOTE_AUTH_';

/** A reference, taken apart: which variable is read and which header carries it. */
interface Place {
  readonly variable: string;
  readonly header: Credential['header'];
}

const authorization = { name: 'Authorization', bearer: true };

/** Bare names: `github` is `CLARITY_REMOTE_AUTH_GITHUB`; every character that no variable has becomes `_`. */
const legacyPlace = (target: string): Place => {
  if (target === '') throw new ClarityError('AUTH_REF_INVALID', 'authRef must be a non-empty string');
  return { variable: PREFIX + target.replace(/[^A-Za-z0-9]/g, '_').toUpperCase(), header: authorization };
};

const variablePlace = (target: string): Place => ({ variable: variableName(target, 'env'), header: authorization });

function headerPlace(target: string): Place {
  const colon = target.indexOf(':');
  if (colon < 0) throw new ClarityError('AUTH_REF_INVALID', `header_env authRef must be '<Header-Name>:<ENV_VAR>'`);
  const name = target.slice(0, colon).trim();
  if (!/^[A-Za-z0-9-]{1,64}$/.test(name)) {
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

/** The providers that read the environment: `legacy_env`, `env` and `header_env`. */
export function environmentCredentials(options: EnvironmentCredentialsOptions): readonly CredentialProvider[] {
  return [
    new EnvironmentProvider('legacy_env', legacyPlace, options),
    new EnvironmentProvider('env', variablePlace, options),
    new EnvironmentProvider('header_env', headerPlace, options),
  ];
}

class EnvironmentProvider implements CredentialProvider {
  readonly scheme: string;
  readonly #placeOf: (target: string) => Place;
  readonly #options: EnvironmentCredentialsOptions;

  constructor(scheme: string, placeOf: (target: string) => Place, options: EnvironmentCredentialsOptions) {
    this.scheme = scheme;
    this.#placeOf = placeOf;
    this.#options = options;
  }

  async resolve(target: string, caller: Caller): Promise<Credential> {
    const { variable, header } = this.#placeOf(target);
    this.#assertLent(variable, caller);
    const value = this.#options.environment[variable]?.trim() ?? '';
    if (value === '') throw new ClarityError('CREDENTIAL_MISSING', `missing remote auth secret in env '${variable}'`);
    return Promise.resolve({ secret: new Secret(value), header });
  }

  async validate(target: string, caller: Caller) {
    try {
      const { header } = await this.resolve(target, caller);
      return { valid: true, issues: [], headers: [header.name] };
    } catch (error) {
      if (!isClarityError(error)) throw error;
      return { valid: false, issues: [error.failure.message], headers: [] };
    }
  }

  health() {
    const names = Object.keys(this.#options.environment).filter((name) => name.startsWith(PREFIX));
    return Promise.resolve({ healthy: true, detail: `${String(names.length)} variables begin with ${PREFIX}` });
  }

  /** A model names only what was set aside for it; an operator anything but what the runtime keeps for itself. */
  #assertLent(variable: string, caller: Caller): void {
    if (isOwnVariable(variable)) {
      throw new ClarityError('AUTH_REF_INVALID', `'${variable}' belongs to the runtime itself`, {
        hint: 'put the credential into a variable of its own',
      });
    }
    if (!isModel(caller) || variable.startsWith(PREFIX) || this.#options.allowlist?.includes(variable) === true) return;
    throw new ClarityError('AUTH_REF_INVALID', `'${variable}' may not be named over MCP`, {
      hint: `name a variable that begins with ${PREFIX}, or list it in CLARITY_REMOTE_AUTH_ENV_ALLOWLIST`,
    });
  }
}
