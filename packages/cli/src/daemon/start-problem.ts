import { isClarityError, isStoreError, toPrintableAscii } from '@clarity-runtime/core';
import { codeOf } from '../support/error-text.ts';
import { Exit, Problem } from '../support/cli-error.ts';

interface Wanted {
  readonly host: string;
  readonly port: number;
}

/** What keeps the daemon from starting, with the next step and the exit code that tells its kind. */
export function startProblem(error: unknown, { host, port }: Wanted): unknown {
  if (isStoreError(error) && error.kind === 'conflict') {
    return new Problem(error.message, {
      hint: 'use that daemon, stop it, or give this one another folder with --workspace',
      exitCode: Exit.port,
      cause: error,
    });
  }
  if (isStoreError(error)) {
    return new Problem(`the stored state cannot be used: ${error.message}`, {
      hint: 'nothing was changed; mend or move away the file that is named, or choose another --workspace',
      exitCode: Exit.store,
      cause: error,
    });
  }
  if (isClarityError(error)) {
    const { message, hint } = error.failure;
    return new Problem(message, { hint, exitCode: Exit.usage, cause: error });
  }
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new Problem(`port ${String(port)} on ${host} is taken`, {
        hint: 'perhaps a clarityd is running already; else choose another port with --port (0 takes a free one)',
        exitCode: Exit.port,
        cause: error,
      });
    case 'EACCES':
      return new Problem(`port ${String(port)} on ${host} is not for this user`, {
        hint: 'choose a port from 1024 on with --port',
        exitCode: Exit.port,
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Problem(`--host ${toPrintableAscii(host)} is no address of this machine`, {
        hint: 'use 127.0.0.1, or an address of this machine',
        exitCode: Exit.usage,
        cause: error,
      });
    default:
      return error;
  }
}
