import { DEFAULT_TENANT } from '../../domain/access/tenant.ts';
import { assertHeaderValue } from './credentials.ts';
import { OPERATOR } from '../../domain/access/registrant.ts';
import { Secret } from '../../domain/access/secret.ts';
import { ClarityError, isClarityError } from '../../domain/errors/clarity-error.ts';
import type { EnvironmentEntry as ValueEntry } from '../../domain/services/manifest.ts';
import type { Service } from '../../domain/services/service.ts';
import { isPublicValue } from '../../domain/access/public-value.ts';
import { placeholdersOf, withPlaceholders } from '../../domain/text/placeholders.ts';
import type { Credential, CredentialPurpose, CredentialRequest, CredentialResolver } from '../../ports/index.ts';

/** Place of a value in a manifest. */
export interface ValuePlace {
  /** Dotted path in the manifest. */
  readonly field: string;
  readonly purpose: CredentialPurpose;
}

/** Resolves the references and placeholders of one service for one start, and collects the values to hide. */
export class ServiceValues {
  readonly #credentials: CredentialResolver | undefined;
  readonly #request: Omit<CredentialRequest, 'purpose'>;
  readonly #secrets: Secret[] = [];
  readonly #configured: string[] = [];

  constructor(
    { namespace, registrant = OPERATOR, tenant = DEFAULT_TENANT }: Pick<Service, 'namespace' | 'registrant' | 'tenant'>,
    credentials: CredentialResolver | undefined,
    { host, signal }: { readonly host?: string; readonly signal?: AbortSignal } = {},
  ) {
    this.#credentials = credentials;
    this.#request = {
      tenant,
      registrant,
      service: namespace,
      ...(host === undefined ? {} : { host }),
      ...(signal === undefined ? {} : { signal }),
    };
  }

  /** Values of references. */
  get secrets(): readonly Secret[] {
    return this.#secrets;
  }

  /** Values of variables that texts name, except words, numbers and paths. */
  get configured(): readonly string[] {
    return this.#configured;
  }

  /** @throws ClarityError AUTH_REF_INVALID, CREDENTIAL_MISSING or SECRET_HOST_FORBIDDEN with the field. */
  async credential(reference: string, { field, purpose }: ValuePlace): Promise<Credential> {
    if (this.#credentials === undefined) {
      throw new ClarityError('CREDENTIAL_MISSING', 'this runtime has no credential provider', { field });
    }
    const credential = await this.#credentials(reference, { ...this.#request, purpose });
    this.#secrets.push(credential.secret);
    return credential;
  }

  /** Returns the value of an entry with its placeholders replaced. */
  async value({ value = '', secretRef }: Omit<ValueEntry, 'name'>, place: ValuePlace): Promise<string> {
    if (secretRef === undefined) return this.expand(value, place);
    return (await this.credential(secretRef, place)).secret.reveal();
  }

  /** Returns the value of a header. @throws ClarityError CREDENTIAL_MISSING when a header cannot carry it. */
  async header(entry: ValueEntry, field: string): Promise<string> {
    const value = await this.value(entry, { field, purpose: 'header' });
    assertHeaderValue(entry.secretRef ?? field, entry.name, new Secret(value));
    return value;
  }

  /**
   * Returns a text with `${secret:…}` and `${env:…}` replaced once by `encode` of their values.
   * @throws ClarityError START_VALUE_MISSING for a variable that is not set and has no default, MANIFEST_INVALID for a value
   * with a line break or a null character.
   */
  async expand(text: string, place: ValuePlace, encode = (value: string) => value): Promise<string> {
    if (!text.includes('${')) return text;
    const values = new Map<number, string>();
    for (const { at, scheme, target, fallback } of placeholdersOf(text)) {
      if (scheme === undefined) continue;
      const value =
        scheme === 'secret'
          ? (await this.credential(target, place)).secret.reveal()
          : await this.#variable(target, fallback, place);
      if (/[\r\n\0]/.test(value)) {
        throw new ClarityError('MANIFEST_INVALID', `a value in ${place.field} has a line break or a null character`, {
          field: place.field,
        });
      }
      values.set(at, encode(value));
    }
    return withPlaceholders(text, values);
  }

  /** Returns texts of a list with their placeholders replaced. */
  async expandAll(texts: readonly string[], { field, purpose }: ValuePlace): Promise<readonly string[]> {
    const out: string[] = [];
    for (const [at, text] of texts.entries())
      out.push(await this.expand(text, { field: `${field}[${String(at)}]`, purpose }));
    return out;
  }

  async #variable(name: string, fallback: string | undefined, place: ValuePlace): Promise<string> {
    try {
      const { secret } = await (this.#credentials ?? noCredentials)(`env:${name}`, {
        ...this.#request,
        purpose: place.purpose,
      });
      if (!isPublicValue(secret.reveal())) this.#configured.push(secret.reveal());
      return secret.reveal();
    } catch (error) {
      if (!isClarityError(error) || error.code !== 'CREDENTIAL_MISSING') throw error;
      if (fallback !== undefined) return fallback;
      throw new ClarityError('START_VALUE_MISSING', `${place.field} names the variable '${name}', which is not set`, {
        field: place.field,
        hint: `set ${name} where clarityd starts, or write a default: \${env:${name}:-default}`,
      });
    }
  }
}

const noCredentials: CredentialResolver = () => Promise.reject(new ClarityError('CREDENTIAL_MISSING', ''));
