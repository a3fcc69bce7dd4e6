import { problemCommand, type ServiceReply, type ServiceSummary } from '@clarity-runtime/api-contract';
import type { Flags } from '../arguments/command-grammar.ts';
import { CliError } from '../support/cli-error.ts';

type Facts = Pick<ServiceSummary, 'namespace' | 'lifecycle' | 'health' | 'lastError' | 'hint' | 'problem'> & {
  /** Kind of its origin; absent if it is not known. */
  readonly originType?: string | undefined;
};

/** Returns the line that explains why a service needs attention. */
export const lineOf = ({ problem, lastError = '' }: Facts): string => problem?.line ?? lastError;

/** Returns the remedy of a service that needs attention: a command in backquotes, or a sentence. */
export function fixOf({ namespace, lifecycle, health, hint: given, problem, originType }: Facts): string {
  const fix = problem?.fix;
  const logs = `\`clarityctl logs ${namespace}\``;
  const isRemote = originType === 'remote_mcp';
  const hint = given ?? (isRemote && health === 'UNREACHABLE' ? START_HINTS['UNREACHABLE']?.text : undefined);
  if (fix?.kind === 'set_variable') {
    return `\`${problemCommand(namespace, fix, 'clarityctl')}\` asks for the value and stores it as a secret`;
  }
  if (lifecycle === 'QUARANTINED') return released(namespace, hint);
  if (fix?.kind === 'follow') return `${fix.text ?? ''}; all lines: ${logs}`;
  if (hint !== undefined) return withSetCommand(hint, namespace);
  return fix === undefined || fix.kind === 'start' || fix.kind === 'retry'
    ? `see ${logs}`
    : `\`${problemCommand(namespace, fix, 'clarityctl')}\``;
}

/** A changed manifest ends a quarantine by itself; any other remedy needs the command. */
function released(namespace: string, hint: string | undefined): string {
  const command = `\`clarityctl unquarantine ${namespace}\``;
  if (hint === undefined) return command;
  const shown = withSetCommand(hint, namespace);
  return shown === hint ? `${hint}, then ${command}` : shown;
}

/** Fields of a manifest that a remedy may name, and the word of `set` that changes each. */
const SETTING_OF_FIELD: readonly (readonly [field: string, setting: string])[] = [
  ['spec.origin.command', 'command=/path/to/program'],
  ['spec.origin.args', `args='-y package'`],
  ['spec.origin.endpoint', 'url=https://host/mcp'],
  ['spec.origin.tls.caFile', 'ca=/path/to/ca.pem'],
  ['spec.origin.proxy', 'proxy=none'],
  ['spec.origin.authRef', 'auth-ref=file:name'],
  ['spec.origin.cwd', 'cwd=/path/to/folder'],
  ['spec.origin.envFile', 'env-file=/path/to/file'],
  ['spec.start.maxMs', 'start.timeout=5m'],
  ['spec.start.idleMs', 'start.timeout=5m'],
  ['check its address', 'url=https://host/mcp'],
];

/** Returns a remedy with the command that changes the field it names, unless it has a command. */
function withSetCommand(hint: string, namespace: string): string {
  const [, setting] = SETTING_OF_FIELD.find(([field]) => hint.includes(field)) ?? [];
  return setting === undefined || hint.includes('`') ? hint : `${hint}: \`clarityctl set ${namespace} ${setting}\``;
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
export function startProblem(service: ServiceReply, flags: Flags = {}): CliError | undefined {
  const { namespace, runtime } = service;
  const originType = service.manifest.spec.origin.type;
  const { lifecycle, health, lastError = `it is ${lifecycle}`, problem } = runtime;
  if (lifecycle === 'RUNNING') return undefined;
  // A program that cannot be reached is a launcher without a network: its own line says what to do.
  const isAddress = health === 'UNREACHABLE' && originType !== 'remote_mcp';
  const found = isAddress ? undefined : START_HINTS[health];
  const seen = found === undefined ? '' : ` (${health})`;
  const line = problem === undefined || lastError.includes(problem.line) ? '' : `: ${problem.line}`;
  const hint = runtime.hint === undefined ? found && withFlag(found, flags) : withFlags(runtime.hint, flags);
  return new CliError(`${namespace} did not start${seen}: ${lastError}${line}`, {
    hint: fixOf({ namespace, originType, ...runtime, hint }),
    code: 'START_FAILED',
  });
}
