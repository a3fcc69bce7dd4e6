import { isClarityError, isStoreError, toPrintableAscii } from '@clarity-runtime/core';
import { codeOf } from '../support/error-text.ts';
import { ExitCode, CliError } from '../support/cli-error.ts';

interface Wanted {
  readonly host: string;
  readonly port: number;
}

/** What keeps the daemon from starting, with the next step and the exit code that tells its kind. */
export function startError(error: unknown, { host, port }: Wanted): unknown {
  if (isStoreError(error) && error.kind === 'conflict') {
    return new CliError(error.message, {
      hint: 'use that daemon, stop it, or give this one another folder with --workspace',
      exitCode: ExitCode.port,
      cause: error,
    });
  }
  if (isStoreError(error)) {
    return new CliError(`the stored state cannot be used: ${error.message}`, {
      hint: 'nothing was changed; mend or move away the file that is named, or choose another --workspace',
      exitCode: ExitCode.store,
      cause: error,
    });
  }
  if (isClarityError(error)) {
    const { message, hint } = error.failure;
    return new CliError(message, { hint, exitCode: ExitCode.usage, cause: error });
  }
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new CliError(`port ${String(port)} on ${host} is taken`, {
        hint: 'perhaps a clarityd is running already; else choose another port with --port (0 takes a free one)',
        exitCode: ExitCode.port,
        cause: error,
      });
    case 'EACCES':
      return new CliError(`port ${String(port)} on ${host} is not for this user`, {
        hint: 'choose a port from 1024 on with --port',
        exitCode: ExitCode.port,
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CliError(`--host ${toPrintableAscii(host)} is no address of this machine`, {
        hint: 'use 127.0.0.1, or an address of this machine',
        exitCode: ExitCode.usage,
        cause: error,
      });
    default:
      return error;
  }
}
