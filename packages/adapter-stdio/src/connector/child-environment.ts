import { ClarityError, type Caller, type EnvironmentEntry, type Secret } from '@clarity-runtime/core';
import type { ProcessConnectorOptions } from './options.ts';

/** Variables of the daemon that a program needs to run at all. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TMPDIR'];

export interface ChildEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** Values that came out of secrets, to be hidden in what the process says. */
  readonly secrets: readonly Secret[];
}

/** The whole environment of a child: the few variables that it inherits, and what its manifest gives it. */
export async function childEnvironment(
  entries: readonly EnvironmentEntry[],
  { environment, credentials }: Pick<ProcessConnectorOptions, 'environment' | 'credentials'>,
  caller: Caller,
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
      throw new ClarityError('CREDENTIAL_MISSING', 'this runtime keeps no credentials', { field });
    }
    const { secret } = await credentials(secretRef, caller);
    secrets.push(secret);
    variables[name] = secret.reveal();
  }
  return { variables, secrets };
}
