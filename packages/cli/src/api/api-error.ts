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

const withFlag = ({ text, flag }: StartHint, flags: Flags): string =>
  flag !== undefined && flag in flags ? `${text} (--${flag})` : text;

/** Flags that set a field, by the field. */
const FLAG_OF_FIELD: readonly (readonly [field: string, flag: string])[] = [
  ['spec.origin.tls.caFile', 'ca'],
  ['spec.origin.proxy', 'proxy'],
  ['spec.origin.endpoint', 'endpoint'],
  ['spec.start.maxMs', 'start-timeout'],
];

/** Returns the hint of a failure, with the flag of the command behind each field that it names. */
const withFlags = (hint: string, flags: Flags): string =>
  FLAG_OF_FIELD.reduce(
    (text, [field, flag]) => (flag in flags ? text.replace(field, `${field} (--${flag})`) : text),
    hint,
  );

/**
 * Returns the problem of a service that is not running after a start, with its last error and a hint. The hint names a flag
 * only if the command has it.
 */
export function startProblem({ namespace, runtime }: ServiceReply, flags: Flags = {}): CliError | undefined {
  const { lifecycle, health, lastError } = runtime;
  if (lifecycle === 'RUNNING') return undefined;
  const found = START_HINTS[health];
  const seen = found === undefined ? '' : ` (${health})`;
  const hint = runtime.hint === undefined ? found && withFlag(found, flags) : withFlags(runtime.hint, flags);
  return new CliError(`${namespace} did not start${seen}: ${lastError ?? `it is ${lifecycle}`}`, {
    hint: hint ?? `see \`clarityctl logs ${namespace}\``,
    code: 'START_FAILED',
  });
}

/** An error reply of the daemon, with its code of docs/reference/errors.md. */
export class ApiError extends CliError {
  constructor(message: string, code: string | undefined, detail: CliErrorDetail) {
    super(message, { ...detail, code });
  }
}
