import { CliError, type CliErrorDetail } from '../support/cli-error.ts';
import type { ServiceReply } from './replies.ts';

const TOLD: Readonly<Record<string, string | undefined>> = {
  UNAUTHORIZED: 'check the credential that its auth reference names (--auth-ref)',
  UNREACHABLE: 'check its address, and that it runs there',
  TIMEOUT: 'see whether it answers at all, or give it more time (--timeout-ms)',
};

/** A start that the daemon answered may still have failed: then this throws, with the reason and what it looks like. */
export function assertRunning({ namespace, runtime }: ServiceReply): void {
  const { lifecycle, health, lastError } = runtime;
  if (lifecycle === 'RUNNING') return;
  const mend = TOLD[health];
  const seen = mend === undefined ? '' : ` (${health})`;
  throw new CliError(`${namespace} did not start${seen}: ${lastError ?? `it is ${lifecycle}`}`, {
    hint: mend ?? `see \`clarityctl logs ${namespace}\``,
  });
}

/** A refusal of the daemon, with the code of its error table. */
export class ApiError extends CliError {
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined, detail: CliErrorDetail) {
    super(message, detail);
    this.code = code;
  }
}
