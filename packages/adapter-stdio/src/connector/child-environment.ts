import { ClarityError, type EnvironmentEntry, type Secret, type Service } from '@clarity-runtime/core';
import { OPERATOR } from '@clarity-runtime/core/internal';
import type { ProcessConnectorOptions } from './options.ts';

/** Variables of the daemon that a child inherits. Most programs do not run without them. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TMPDIR'];

/** The environment of a child process. */
export interface ChildEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** Resolved secrets. The connection redacts them in every text of the process. */
  readonly secrets: readonly Secret[];
}

/**
 * Returns the complete environment of a child: the inherited variables plus the entries of its manifest.
 * @throws ClarityError CREDENTIAL_MISSING when an entry has a `secretRef` and the runtime has no credential provider.
 */
export async function childEnvironment(
  entries: readonly EnvironmentEntry[],
  { environment, credentials }: Pick<ProcessConnectorOptions, 'environment' | 'credentials'>,
  { namespace, registrant = OPERATOR }: Pick<Service, 'namespace' | 'registrant'>,
): Promise<ChildEnvironment> {
  const variables: Record<string, string> = {};
  const secrets: Secret[] = [];
  for (const name of INHERITED) {
    const value = environment[name];
    if (value !== undefined) variables[name] = value;
  }
  for (const [i, { name, value = '', secretRef }] of entries.entries()) {
    if (secretRef === undefined) {
      variables[name] = value;
      continue;
    }
    if (credentials === undefined) {
      const field = `spec.origin.env[${String(i)}].secretRef`;
      throw new ClarityError('CREDENTIAL_MISSING', 'the runtime has no credential provider', { field });
    }
    const { secret } = await credentials(secretRef, {
      tenant: 'default',
      registrant,
      service: namespace,
      purpose: 'env',
    });
    secrets.push(secret);
    variables[name] = secret.reveal();
  }
  return { variables, secrets };
}
