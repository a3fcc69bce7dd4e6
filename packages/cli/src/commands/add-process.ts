import { resolve } from 'node:path';
import { childProcess, type EnvironmentEntry } from '@clarity-runtime/core';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import { usageError } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { noStartFlag, register } from '../command-support/register.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

export const addProcess: Command = {
  syntax: 'add-process <name>',
  describe: 'register a program that speaks MCP over its standard streams and start it',
  subject: 'name of the service, and prefix of its tools',
  rest: 'the program and its arguments; no shell reads them',
  flags: {
    cwd: { type: 'text', describe: 'folder that it runs in', fallbackText: 'the current folder' },
    env: { type: 'texts', describe: 'NAME=VALUE: a variable that it is given (may be given again)' },
    'env-ref': {
      type: 'texts',
      describe:
        'NAME=REFERENCE: a variable that holds the credential that an auth reference names (may be given again)',
    },
    ...noStartFlag,
  },
  run: async (given, session) => {
    const [command, ...args] = given.rest;
    if (command === undefined || command === '') {
      throw usageError('the program is missing', 'write it behind two dashes: add-process <name> -- <command>');
    }
    const env = [
      ...variables(given, 'env').map(({ name, text }): EnvironmentEntry => ({ name, value: text })),
      ...variables(given, 'env-ref').map(({ name, text }): EnvironmentEntry => ({ name, secretRef: text })),
    ];
    const twice = env.find(({ name }, at) => env.findIndex((other) => other.name === name) !== at);
    if (twice !== undefined) throw usageError(`the variable ${twice.name} is given twice`);
    const cwd = resolve(session.cwd, given.text('cwd') ?? '.');
    return register(session, given, childProcess(command, args, { module: given.text('name') ?? '', cwd, env }));
  },
};

/** Values are not repeated in refusals: they may be secret. */
const variables = (given: ParsedArgs, flag: string): readonly { readonly name: string; readonly text: string }[] =>
  given.all(flag).map((entry) => {
    const at = entry.indexOf('=');
    const name = entry.slice(0, Math.max(at, 0));
    if (NAME.test(name)) return { name, text: entry.slice(at + 1) };
    throw usageError(`--${flag} must be ${flag === 'env' ? 'NAME=VALUE' : 'NAME=REFERENCE'}, the name a variable's`);
  });
