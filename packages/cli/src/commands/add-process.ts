import { resolve } from 'node:path';
import { childProcess, type ChildProcessOptions, type EnvironmentEntry, type Manifest } from '@clarity-runtime/core';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import { usageError } from '../support/cli-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';
import { isolationFlags, isolationOf } from '../command-support/isolation-flags.ts';
import { policyFlags, policyOf } from '../command-support/policy-flags.ts';
import { noStartFlag, register, startSettings, startTimeoutFlag } from '../command-support/register.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Name and variables of a program. */
interface ProgramOptions {
  readonly module: string;
  readonly displayName?: string | undefined;
  readonly env: readonly EnvironmentEntry[];
}

/** Flags of a program, besides `--env`. */
export const programFlags: Flags = {
  cwd: { type: 'text', describe: 'working directory of the program', fallbackText: 'the current folder' },
  'env-ref': {
    type: 'texts',
    describe: 'NAME=REFERENCE: environment variable with the credential of an auth reference (repeatable)',
  },
  'env-pass': { type: 'texts', describe: 'NAME: variable of the daemon that the program gets (repeatable)' },
  'env-file': { type: 'text', describe: 'file of NAME=value lines, read at each start' },
  'inherit-env': {
    type: 'text',
    describe: 'inherited variables: none (PATH, HOME), safe or all',
    fallbackText: 'safe',
  },
  ...isolationFlags,
};

const { cwd, ...others } = programFlags;
const flags: Flags = {
  ...(cwd === undefined ? {} : { cwd }),
  env: { type: 'texts', describe: 'NAME=VALUE: environment variable of the program (repeatable)' },
  ...others,
  ...policyFlags,
  ...startTimeoutFlag,
  ...noStartFlag,
};

export const addProcess: Command = {
  syntax: 'add-process <name>',
  describe: 'register an MCP server that is a program (stdio) and start it',
  subject: 'service name, which is the prefix of its tools',
  rest: 'program and arguments, started without a shell',
  flags,
  run: runAddProcess,
};

function runAddProcess(given: ParsedArgs, session: CommandContext): Promise<number> {
  const [command] = given.rest;
  if (command === undefined || command === '') {
    throw usageError('the program is missing', 'write the program after two dashes: add-process <name> -- <command>');
  }
  const env = variables(given, 'env').map(({ name, text }): EnvironmentEntry => ({ name, value: text }));
  const manifest = programManifest(session, given, { module: given.text('name') ?? '', env });
  return register(session, given, { manifest, flags });
}

/** Returns the manifest of the program after `--`, by the flags of `add-process`; `env` is that of `--env`. */
export function programManifest(
  session: CommandContext,
  given: ParsedArgs,
  { module, displayName, env: own }: ProgramOptions,
): Manifest {
  const [command = '', ...args] = given.rest;
  const env = [
    ...own,
    ...variables(given, 'env-ref').map(({ name, text }): EnvironmentEntry => ({ name, secretRef: text })),
    ...given.all('env-pass').map((name): EnvironmentEntry => {
      if (!NAME.test(name)) throw usageError('--env-pass must be the name of an environment variable');
      return { name, from: name };
    }),
  ];
  const twice = env.find(({ name }, at) => env.findIndex((other) => other.name === name) !== at);
  if (twice !== undefined) throw usageError(`environment variable ${twice.name} is set twice`);
  const cwd = resolve(session.cwd, given.text('cwd') ?? '.');
  const options = {
    module,
    displayName,
    cwd,
    env,
    policy: policyOf(given),
    start: startSettings(given),
    ...isolationOf(given),
    ...inheritance(given, session),
  };
  return childProcess(command, args, options);
}

function inheritance(given: ParsedArgs, { cwd }: CommandContext): Pick<ChildProcessOptions, 'envFile' | 'inheritEnv'> {
  const [mode, file] = [given.text('inherit-env'), given.text('env-file')];
  if (mode !== undefined && mode !== 'none' && mode !== 'safe' && mode !== 'all') {
    throw usageError(`--inherit-env must be safe, none or all, not '${mode}'`);
  }
  return { inheritEnv: mode, envFile: file === undefined ? undefined : resolve(cwd, file) };
}

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
