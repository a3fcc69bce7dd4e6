import type { ServiceReply } from '@clarity-runtime/api-contract';
import type { Flags } from '../arguments/command-grammar.ts';
import { CliError, type CliErrorDetail } from '../support/cli-error.ts';

/** A hint for a service that did not start, and the flag that sets the value. */
interface StartHint {
  readonly text: string;
  readonly flag?: string;
}

/** By the health of the service. */
const START_HINTS: Readonly<Record<string, StartHint | undefined>> = {
  UNAUTHORIZED: { text: 'check the credential of its auth reference', flag: 'auth-ref' },
  UNREACHABLE: { text: 'check its address, and that the service runs there' },
  TIMEOUT: { text: 'raise its start limit, spec.start.maxMs', flag: 'start-timeout' },
};

/**
 * Throws if a service is not running after a start, with its last error and a hint. The hint names a flag only if the
 * command has it.
 */
export function assertRunning({ namespace, runtime }: ServiceReply, flags: Flags = {}): void {
  const { lifecycle, health, lastError } = runtime;
  if (lifecycle === 'RUNNING') return;
  const found = START_HINTS[health];
  const flag = found?.flag !== undefined && found.flag in flags ? ` (--${found.flag})` : '';
  const hint = found && `${found.text}${flag}`;
  const seen = hint === undefined ? '' : ` (${health})`;
  throw new CliError(`${namespace} did not start${seen}: ${lastError ?? `it is ${lifecycle}`}`, {
    hint: hint ?? `see \`clarityctl logs ${namespace}\``,
  });
}

/** An error reply of the daemon, with its code of docs/reference/errors.md. */
export class ApiError extends CliError {
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined, detail: CliErrorDetail) {
    super(message, detail);
    this.code = code;
  }
}
