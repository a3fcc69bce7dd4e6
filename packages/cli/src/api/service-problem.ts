import { problemCommand, type ServiceReply, type ServiceSummary } from '@clarity-runtime/api-contract';
import type { Flags } from '../arguments/command-grammar.ts';
import { CliError } from '../support/cli-error.ts';

type Facts = Pick<ServiceSummary, 'namespace' | 'lifecycle' | 'lastError' | 'hint' | 'problem'>;

/** Returns the line that explains why a service needs attention. */
export const lineOf = ({ problem, lastError = '' }: Facts): string => problem?.line ?? lastError;

/** Returns the remedy of a service that needs attention: a command in backquotes, or a sentence. */
export function fixOf({ namespace, lifecycle, hint, problem }: Facts): string {
  const fix = problem?.fix;
  const logs = `\`clarityctl logs ${namespace}\``;
  if (fix?.kind === 'set_variable') {
    return `\`${problemCommand(namespace, fix, 'clarityctl')}\` asks for the value and stores it as a secret`;
  }
  if (lifecycle === 'QUARANTINED') return `\`clarityctl unquarantine ${namespace}\``;
  if (fix?.kind === 'follow') return `${fix.text ?? ''}; all lines: ${logs}`;
  if (hint !== undefined) return hint;
  return fix === undefined || fix.kind === 'start' || fix.kind === 'retry'
    ? `see ${logs}`
    : `\`${problemCommand(namespace, fix, 'clarityctl')}\``;
}

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
 * Returns the problem of a service that is not running after a start, with its last error, the line of the program that explains
 * it and a remedy. The remedy names a flag only if the command has it.
 */
export function startProblem({ namespace, runtime }: ServiceReply, flags: Flags = {}): CliError | undefined {
  const { lifecycle, health, lastError = `it is ${lifecycle}`, problem } = runtime;
  if (lifecycle === 'RUNNING') return undefined;
  const found = START_HINTS[health];
  const seen = found === undefined ? '' : ` (${health})`;
  const line = problem === undefined || lastError.includes(problem.line) ? '' : `: ${problem.line}`;
  const hint = runtime.hint === undefined ? found && withFlag(found, flags) : withFlags(runtime.hint, flags);
  return new CliError(`${namespace} did not start${seen}: ${lastError}${line}`, {
    hint: fixOf({ namespace, ...runtime, hint }),
    code: 'START_FAILED',
  });
}
