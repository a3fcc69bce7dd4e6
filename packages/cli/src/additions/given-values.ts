import type { EnvironmentEntry } from '@clarity-runtime/core';
import { isSecretHeader, isSecretParameter, isSecretValue, isSecretVariable } from '@clarity-runtime/core/internal';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import type { Environment } from '../support/process-context.ts';
import { usageError } from '../support/cli-error.ts';

/** Part of a manifest that has named values. */
export type NamedPart = 'env' | 'header' | 'query';

/** A secret of the command line that goes to the secret store. */
export interface MovedSecret {
  readonly reference: string;
  readonly value: string;
}

/** The entries of a part, and the secrets that they name. */
export interface AddedValues {
  readonly entries: readonly EnvironmentEntry[];
  readonly secrets: readonly MovedSecret[];
}

const FORMS = 'VALUE, secret:REFERENCE, env:VARIABLE or plain:VALUE';

/** Flags of named values. */
export const valueFlags: Flags = {
  env: {
    type: 'texts',
    describe: `NAME=${FORMS}; NAME alone copies a variable of this shell (repeatable)`,
    secret: true,
  },
  header: { type: 'texts', describe: `NAME=${FORMS}: header of every request (repeatable)`, secret: true },
  query: { type: 'texts', describe: `NAME=${FORMS}: parameter of the URL (repeatable)`, secret: true },
  'keep-plain': { type: 'texts', describe: 'NAME: value that stays in the manifest though it looks like a secret' },
};

const NAMES: Readonly<Record<NamedPart, RegExp>> = {
  env: /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
  header: /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/,
  query: /^[^\s=&#]{1,128}$/,
};
const MAX_SECRET_BYTES = 16 * 1024;

/**
 * Returns the values of `--env`, `--header` or `--query`. A plain value that looks like a secret becomes a reference to
 * `file:add/<service>/<NAME>`, unless `--keep-plain` names it. Errors do not repeat values.
 */
export function givenValues(
  given: ParsedArgs,
  part: NamedPart,
  { service, env }: { readonly service: string; readonly env: Environment },
): AddedValues {
  const kept = new Set(given.all('keep-plain'));
  const secrets: MovedSecret[] = [];
  const entries = given.all(part).map((word): EnvironmentEntry => {
    const { name, text: value, form } = parsed(word, part, env);
    if (form === 'secret') return { name, secretRef: value };
    if (form === 'env') {
      if (!NAMES.env.test(value)) throw usageError(`--${part} ${name}=env: must name a variable`);
      return part === 'env' ? { name, from: value } : { name, value: `\${env:${value}}` };
    }
    if (form === 'plain' || kept.has(name) || !looksSecret(part, name, value)) return { name, value };
    const reference = `file:add/${service}/${name.replace(/[^\w.-]/g, '-')}`;
    const [, scheme = '', credential = value] =
      part === 'header' ? (/^((?:Bearer|Basic|Token) )(\S+)$/i.exec(value) ?? []) : [];
    secrets.push({ reference, value: credential });
    return scheme === '' ? { name, secretRef: reference } : { name, value: `${scheme}\${secret:${reference}}` };
  });
  const twice = entries.find(({ name }, at) => entries.findIndex((other) => isSame(part, other.name, name)) !== at);
  if (twice !== undefined) throw usageError(`--${part} ${twice.name} is set twice`);
  return { entries, secrets };
}

/** Names of headers have no case (RFC 9110 §5.1). */
const isSame = (part: NamedPart, a: string, b: string): boolean =>
  part === 'header' ? a.toLowerCase() === b.toLowerCase() : a === b;

function parsed(
  word: string,
  part: NamedPart,
  env: Environment,
): { readonly name: string; readonly text: string; readonly form: 'secret' | 'env' | 'plain' | 'value' } {
  const at = part === 'header' ? word.search(/[=:]/) : word.indexOf('=');
  const name = at < 0 ? word : word.slice(0, at);
  if (!NAMES[part].test(name)) throw usageError(`--${part} must be NAME=VALUE`, `VALUE is ${FORMS}`);
  const copied = at < 0 && part === 'env' ? env[name] : undefined;
  if (at < 0 && copied === undefined) {
    if (part !== 'env') throw usageError(`--${part} ${name} has no value`, `write ${name}=${FORMS}`);
    throw usageError(`the variable ${name} is not set in this shell`, `set it, or write --env ${name}=VALUE`);
  }
  if (copied !== undefined) return { name, text: copied, form: 'value' };
  const written = word[at] === ':' ? word.slice(at + 1).trim() : word.slice(at + 1);
  const form = (['secret', 'env', 'plain'] as const).find((scheme) => written.startsWith(`${scheme}:`));
  return { name, text: form === undefined ? written : written.slice(form.length + 1), form: form ?? 'value' };
}

/** Returns whether a plain value is probably a secret, by its name or its form. */
export function looksSecret(part: NamedPart, name: string, value: string): boolean {
  if (value === '' || value.includes('${') || /[\r\n]/.test(value) || Buffer.byteLength(value) > MAX_SECRET_BYTES)
    return false;
  const isNamed = { env: isSecretVariable, header: isSecretHeader, query: isSecretParameter }[part](name);
  return isNamed || isSecretValue(value);
}
