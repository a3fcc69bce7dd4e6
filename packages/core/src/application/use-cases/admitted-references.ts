import { parseAuthRef } from '../../domain/access/auth-ref.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { registrantOf } from '../../domain/access/registrant.ts';
import { errorRow } from '../../domain/errors/error-table.ts';
import { ClarityError, isClarityError } from '../../domain/errors/clarity-error.ts';
import { destinationHost, manifestReferences } from '../../domain/services/manifest-references.ts';
import type { Manifest } from '../../domain/services/manifest.ts';
import { namespaceOf } from '../../domain/services/namespace.ts';
import type { OriginKinds } from '../../domain/services/origin-kinds.ts';
import type { CredentialProvider, CredentialRequest } from '../../ports/index.ts';
import { admitReference } from './credentials.ts';

/** Checks the credential references of a manifest in the name of the caller that registers it. */
export class AdmittedReferences {
  readonly #byScheme: ReadonlyMap<string, CredentialProvider>;

  constructor(providers: readonly CredentialProvider[]) {
    this.#byScheme = new Map(providers.map((provider) => [provider.scheme, provider]));
  }

  /** @throws ClarityError AUTH_REF_INVALID or SECRET_HOST_FORBIDDEN with the field of the reference. */
  async check(caller: Caller, manifest: Manifest, kinds: OriginKinds): Promise<void> {
    const host = destinationHost(manifest, kinds);
    const request: Omit<CredentialRequest, 'purpose'> = {
      tenant: caller.tenant,
      registrant: registrantOf(caller),
      service: namespaceOf(manifest),
      ...(host === undefined ? {} : { host }),
    };
    for (const { field, reference, purpose } of manifestReferences(manifest, kinds)) {
      const { scheme, target } = parseAuthRef(reference, [...this.#byScheme.keys()]);
      try {
        await admitReference(this.#byScheme.get(scheme), target, { ...request, purpose });
      } catch (error) {
        throw isClarityError(error) ? withField(error, field) : error;
      }
    }
  }
}

function withField({ failure: { code, message, hint }, cause }: ClarityError, field: string): ClarityError {
  const { title } = errorRow(code);
  const subject = message === title ? '' : message.slice(title.length + 2);
  return new ClarityError(code, subject, { field, hint, cause });
}
