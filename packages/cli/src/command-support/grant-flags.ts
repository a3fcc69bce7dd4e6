import { resolve } from 'node:path';
import type { GuestCapabilities } from '@clarity-runtime/core';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import { usageError } from '../support/cli-error.ts';

/** Flag of `spec.capabilities` of components. */
export const grantFlags: Flags = {
  grant: {
    type: 'texts',
    describe: 'capability of a component: time, random, env=NAME, files=DIR or files=DIR:rw (repeatable)',
  },
  'grants-from': { type: 'text', describe: 'policy.yaml of wassette with the capabilities of a component' },
};

const FORMS = 'time, random, env=NAME, files=DIR or files=DIR:rw';

/** Returns the capabilities of the flags; undefined without one. Folders are relative to `cwd`. Throws a `CliError`. */
export function grantsOf(given: ParsedArgs, cwd: string): GuestCapabilities | undefined {
  const texts = given.all('grant');
  if (texts.length === 0) return undefined;
  const files: NonNullable<GuestCapabilities['files']>[number][] = [];
  const env: string[] = [];
  const switches: { time?: true; random?: true } = {};
  for (const text of texts) {
    const [, name = '', value = ''] = /^([a-z]+)(?:=(.*))?$/s.exec(text) ?? [];
    if ((name === 'time' || name === 'random') && text === name) switches[name] = true;
    else if (name === 'env' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value)) env.push(value);
    else if (name === 'files' && value !== '') files.push(folderOf(value, cwd));
    else throw usageError(`--grant must be ${FORMS}, not '${text}'`);
  }
  return { ...switches, ...(env.length === 0 ? {} : { env }), ...(files.length === 0 ? {} : { files }) };
}

function folderOf(text: string, cwd: string): NonNullable<GuestCapabilities['files']>[number] {
  const [, path = text, access = 'ro'] = /^(.+):(ro|rw)$/s.exec(text) ?? [];
  return { path: resolve(cwd, path), access: access === 'rw' ? 'rw' : 'ro' };
}
