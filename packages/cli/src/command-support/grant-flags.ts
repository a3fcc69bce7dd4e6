import { resolve } from 'node:path';
import type { GuestCapabilities } from '@clarity-runtime/core';
import { GUEST_METHODS } from '@clarity-runtime/core/internal';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import { usageError } from '../support/cli-error.ts';

/** Flag of `spec.capabilities` of components. */
export const grantFlags: Flags = {
  grant: {
    type: 'texts',
    describe:
      'capability of a component: time, random, env=NAME, files=DIR, files=DIR:rw, network=HOST or methods=GET,POST (repeatable)',
  },
  'grants-from': { type: 'text', describe: 'policy.yaml of wassette with the capabilities of a component' },
};

const FORMS = 'time, random, env=NAME, files=DIR, files=DIR:rw, network=HOST or methods=GET,POST';
const HOST = /^(?:\*\.)?[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){0,31}(?::[1-9]\d{0,4})?$/;
const METHODS: readonly string[] = GUEST_METHODS;

/** Returns whether a text is a host of `spec.capabilities.network`. */
export const isGuestHost = (text: string): boolean => HOST.test(text);

/** Returns the capabilities of the flags; undefined without one. Folders are relative to `cwd`. Throws a `CliError`. */
export function grantsOf(given: ParsedArgs, cwd: string): GuestCapabilities | undefined {
  const texts = given.all('grant');
  if (texts.length === 0) return undefined;
  const files: NonNullable<GuestCapabilities['files']>[number][] = [];
  const env: string[] = [];
  const hosts: string[] = [];
  const methods: string[] = [];
  const switches: { time?: true; random?: true } = {};
  for (const text of texts) {
    const [, name = '', value = ''] = /^([a-z]+)(?:=(.*))?$/s.exec(text) ?? [];
    if ((name === 'time' || name === 'random') && text === name) switches[name] = true;
    else if (name === 'env' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value)) env.push(value);
    else if (name === 'files' && value !== '') files.push(folderOf(value, cwd));
    else if (name === 'network' && isGuestHost(value)) hosts.push(value);
    else if (name === 'methods' && value.split(',').every((method) => METHODS.includes(method))) {
      methods.push(...value.split(','));
    } else throw usageError(`--grant must be ${FORMS}, not '${text}'`);
  }
  if (hosts.length === 0 && methods.length > 0) throw usageError('--grant methods needs --grant network=HOST');
  const network = { hosts, ...(methods.length === 0 ? {} : { methods: [...new Set(methods)] }) };
  return {
    ...switches,
    ...(env.length === 0 ? {} : { env }),
    ...(files.length === 0 ? {} : { files }),
    ...(hosts.length === 0 ? {} : { network }),
  };
}

function folderOf(text: string, cwd: string): NonNullable<GuestCapabilities['files']>[number] {
  const [, path = text, access = 'ro'] = /^(.+):(ro|rw)$/s.exec(text) ?? [];
  return { path: resolve(cwd, path), access: access === 'rw' ? 'rw' : 'ro' };
}
