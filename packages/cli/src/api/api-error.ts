import type { ServiceReply } from '@clarity-runtime/api-contract';
import { CliError, type CliErrorDetail } from '../support/cli-error.ts';

/** Hints for a service that did not start, by its health. */
const START_HINTS: Readonly<Record<string, string | undefined>> = {
  UNAUTHORIZED: 'check the credential of its auth reference (--auth-ref)',
  UNREACHABLE: 'check its address, and that the service runs there',
  TIMEOUT: 'check that the service replies, or raise its timeout (--timeout-ms)',
};

/** Throws if a service is not running after a start, with its last error and a hint. */
export function assertRunning({ namespace, runtime }: ServiceReply): void {
  const { lifecycle, health, lastError } = runtime;
  if (lifecycle === 'RUNNING') return;
  const hint = START_HINTS[health];
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
