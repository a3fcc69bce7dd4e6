import { resolve } from 'node:path';
import { childProcess, type EnvironmentEntry } from '@clarity-runtime/core';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import { usageError } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { noStartFlag, register } from '../command-support/register.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

export const addProcess: Command = {
  syntax: 'add-process <name>',
  describe: 'register an MCP server that is a program (stdio) and start it',
  subject: 'service name, which is the prefix of its tools',
  rest: 'program and arguments, started without a shell',
  flags: {
    cwd: { type: 'text', describe: 'working directory of the program', fallbackText: 'the current folder' },
    env: { type: 'texts', describe: 'NAME=VALUE: environment variable of the program (repeatable)' },
    'env-ref': {
      type: 'texts',
      describe: 'NAME=REFERENCE: environment variable with the credential of an auth reference (repeatable)',
    },
    ...noStartFlag,
  },
  run: async (given, session) => {
    const [command, ...args] = given.rest;
    if (command === undefined || command === '') {
      throw usageError('the program is missing', 'write the program after two dashes: add-process <name> -- <command>');
    }
    const env = [
      ...variables(given, 'env').map(({ name, text }): EnvironmentEntry => ({ name, value: text })),
      ...variables(given, 'env-ref').map(({ name, text }): EnvironmentEntry => ({ name, secretRef: text })),
    ];
    const twice = env.find(({ name }, at) => env.findIndex((other) => other.name === name) !== at);
    if (twice !== undefined) throw usageError(`environment variable ${twice.name} is set twice`);
    const cwd = resolve(session.cwd, given.text('cwd') ?? '.');
    return register(session, given, childProcess(command, args, { module: given.text('name') ?? '', cwd, env }));
  },
};

/** Errors do not repeat values: they may be secret. */
const variables = (given: ParsedArgs, flag: string): readonly { readonly name: string; readonly text: string }[] =>
  given.all(flag).map((entry) => {
    const at = entry.indexOf('=');
    const name = entry.slice(0, Math.max(at, 0));
    if (NAME.test(name)) return { name, text: entry.slice(at + 1) };
    throw usageError(
      `--${flag} must be ${flag === 'env' ? 'NAME=VALUE' : 'NAME=REFERENCE'}with the name of an environment variable`,
    );
  });
