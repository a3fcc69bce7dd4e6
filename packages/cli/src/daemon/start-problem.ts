import { isClarityError, isStoreError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import { codeOf } from '../support/error-text.ts';
import { ExitCode, CliError } from '../support/cli-error.ts';

interface Wanted {
  readonly host: string;
  readonly port: number;
}

/** Converts a start error to a `CliError` with hint and exit code. */
export function startError(error: unknown, { host, port }: Wanted): unknown {
  if (isStoreError(error) && error.kind === 'conflict') {
    return new CliError(error.message, {
      hint: 'use that daemon, stop it, or choose another folder with --workspace',
      exitCode: ExitCode.port,
      cause: error,
    });
  }
  if (isStoreError(error)) {
    return new CliError(`the stored state is not usable: ${error.message}`, {
      hint: 'nothing was changed; repair or move the named file, or choose another --workspace',
      exitCode: ExitCode.store,
      cause: error,
    });
  }
  if (isClarityError(error)) {
    const { message, hint } = error.failure;
    return new CliError(message, { hint, exitCode: ExitCode.usage, cause: error });
  }
  switch (codeOf(error)) {
    case 'EADDRINUSE': {
      const isSecond = addressOf(error) === '::1' && host !== '::1';
      if (isSecond) {
        return new CliError(`port ${String(port)} on [::1] is in use: clients of localhost can reach that program`, {
          hint: 'stop it, choose another port with --port, or listen on IPv4 only with --host 127.0.0.1',
          exitCode: ExitCode.port,
          cause: error,
        });
      }
      return new CliError(`port ${String(port)} on ${host} is in use`, {
        hint: 'check whether clarityd already runs, or choose another port with --port (0 selects a free one)',
        exitCode: ExitCode.port,
        cause: error,
      });
    }
    case 'EACCES':
      return new CliError(`this user may not listen on port ${String(port)} of ${host}`, {
        hint: 'choose a port of at least 1024 with --port',
        exitCode: ExitCode.port,
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CliError(`--host ${toPrintableAscii(host)} is not an address of this machine`, {
        hint: 'use 127.0.0.1, or an address of this machine',
        exitCode: ExitCode.usage,
        cause: error,
      });
    default:
      return error;
  }
}

const addressOf = (error: unknown): string | undefined => (error as { readonly address?: string }).address;
