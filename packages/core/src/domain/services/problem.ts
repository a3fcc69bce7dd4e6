import { errorRow, type ErrorCode } from '../errors/error-table.ts';
import { toDisplayText } from '../text/safe-text.ts';
import type { Cause } from './cause-line.ts';
import type { ServiceStatus } from './service.ts';
import type { StateTrail } from './state-trail.ts';
import { needsAttention, statusWord, type StatusWord } from './status-word.ts';

/** Where the line of a problem comes from. */
export type ProblemSource = 'output' | 'connection' | 'interface' | 'runtime';

/**
 * The remedy of a problem. `name`: the variable to set. `ref`: the credential to replace. `text`: a sentence for a person. An edge
 * writes the command.
 */
export type ProblemFix =
  | { readonly kind: 'set_variable'; readonly name: string }
  | { readonly kind: 'replace_secret'; readonly ref: string }
  | { readonly kind: 'follow'; readonly text: string }
  | { readonly kind: 'sign_in' | 'raise_start_timeout' | 'clear_quarantine' | 'retry' | 'review_change' | 'start' };

/** `error`: the service does not work. `warn`: a part of it does not. */
export type Severity = 'error' | 'warn';

/** One thing that is wrong with one service. */
export interface Problem {
  readonly serviceId: string;
  readonly namespace: string;
  readonly code: ErrorCode;
  readonly severity: Severity;
  readonly state: StatusWord;
  /** ISO 8601. */
  readonly since?: string;
  readonly source: ProblemSource;
  /** The line that explains it, at most 500 characters. */
  readonly line: string;
  /** The line without the output of the program, for callers that may not read it. */
  readonly publicLine: string;
  /** The remedy of the failure, as a sentence. */
  readonly meaning: string;
  readonly restarts: number;
  /** ISO 8601. */
  readonly retryAt?: string;
  /** Host of a remote: services behind one host that is away have one problem. */
  readonly host?: string;
  readonly fix: ProblemFix;
}

/** Everything that a problem is derived from. */
export interface ProblemFacts {
  readonly serviceId: string;
  readonly namespace: string;
  readonly status: ServiceStatus;
  readonly trail?: StateTrail | undefined;
  /** The line of the output that explains the end of the program. */
  readonly cause?: Cause | undefined;
  readonly host?: string | undefined;
  /** The credential of the service. */
  readonly ref?: string | undefined;
  /** Number of entries of its interface that wait for an operator. */
  readonly heldCount: number;
}

const MAX_LINE = 500;
/** The code of a state without a failure. */
const CODE_OF: Partial<Record<StatusWord, ErrorCode>> = {
  login: 'UPSTREAM_UNAUTHORIZED',
  quarantined: 'SERVICE_QUARANTINED',
  degraded: 'SERVICE_UNRESPONSIVE',
};
/** Failures of the connection to a remote: its host is the cause, not the service. */
const OF_HOST: ReadonlySet<ErrorCode> = new Set(['UPSTREAM_UNREACHABLE', 'UPSTREAM_LOST', 'CALL_TIMED_OUT']);

/** Returns the problem of a service; undefined if it needs neither an operator nor time. */
export function problemOf(facts: ProblemFacts): Problem | undefined {
  const state = statusWord(facts.status);
  if (isInTrouble(state, facts.trail)) return troubleOf(facts, state);
  return facts.heldCount === 0 ? undefined : changeOf(facts, state);
}

/** A start that follows a failure is still the same trouble. */
const isInTrouble = (state: StatusWord, trail: StateTrail | undefined): boolean =>
  needsAttention(state) || (state === 'starting' && trail?.troubledSince !== undefined && trail.code !== undefined);

function troubleOf(facts: ProblemFacts, state: StatusWord): Problem {
  const { serviceId, namespace, status, trail, cause, host } = facts;
  const code = trail?.code ?? CODE_OF[state] ?? 'SERVICE_START_FAILED';
  const publicLine = toDisplayText(status.lastError ?? errorRow(code).title, MAX_LINE);
  const line = cause === undefined ? publicLine : toDisplayText(cause.line, MAX_LINE);
  return {
    serviceId,
    namespace,
    code,
    severity: state === 'degraded' ? 'warn' : 'error',
    state,
    ...(trail?.troubledSince === undefined ? {} : { since: trail.troubledSince }),
    source: cause !== undefined ? 'output' : host !== undefined ? 'connection' : 'runtime',
    line,
    publicLine,
    meaning: status.hint ?? errorRow(code).advice,
    restarts: status.restartCount,
    ...(status.retryAt === undefined ? {} : { retryAt: status.retryAt }),
    ...(host !== undefined && OF_HOST.has(code) ? { host } : {}),
    fix: fixOf(facts, state, code),
  };
}

function fixOf({ status, cause, ref }: ProblemFacts, state: StatusWord, code: ErrorCode): ProblemFix {
  const remedy = cause?.remedy;
  if (remedy?.kind === 'variable') return { kind: 'set_variable', name: remedy.name };
  if (status.lifecycle === 'NEEDS_LOGIN') return { kind: 'sign_in' };
  if (state === 'login') return ref === undefined ? { kind: 'sign_in' } : { kind: 'replace_secret', ref };
  if (state === 'quarantined') return { kind: 'clear_quarantine' };
  if (remedy !== undefined) return { kind: 'follow', text: remedy.text };
  if (code === 'SERVICE_START_TIMEOUT') return { kind: 'raise_start_timeout' };
  return { kind: state === 'failing' ? 'start' : 'retry' };
}

const changeOf = ({ serviceId, namespace, status, heldCount }: ProblemFacts, state: StatusWord): Problem => {
  const line = `${String(heldCount)} ${heldCount === 1 ? 'entry' : 'entries'} of its interface changed and ${heldCount === 1 ? 'is' : 'are'} withheld`;
  return {
    serviceId,
    namespace,
    code: 'TOOL_QUARANTINED',
    severity: 'warn',
    state,
    source: 'interface',
    line,
    publicLine: line,
    meaning: errorRow('TOOL_QUARANTINED').advice,
    restarts: status.restartCount,
    fix: { kind: 'review_change' },
  };
};
