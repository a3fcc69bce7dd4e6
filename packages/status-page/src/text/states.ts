import type { CallEnding, ProblemEntry, ServiceEntry, StateWord } from '../api/model.ts';

/** The tone of a state: it selects color and shape together. */
export type GlyphTone = 'ok' | 'warn' | 'bad' | 'hold' | 'idle' | 'busy';

/** The state that the page shows: `held` is a running service with withheld definitions. */
export type ShownState = StateWord | 'held';

interface StateText {
  readonly tone: GlyphTone;
  readonly word: string;
  /** The predicate of a service in this state, after its name. */
  readonly does: string;
}

/** The word and tone of every state, from worst to best. */
export const STATES: Readonly<Record<ShownState, StateText>> = {
  failing: { tone: 'bad', word: 'Failing', does: 'does not run' },
  retrying: { tone: 'bad', word: 'Retrying', does: 'failed and is started again' },
  quarantined: { tone: 'hold', word: 'Quarantined', does: 'is in quarantine' },
  login: { tone: 'warn', word: 'Sign-in needed', does: 'needs you to sign in' },
  degraded: { tone: 'warn', word: 'Degraded', does: 'has problems' },
  held: { tone: 'hold', word: 'Change blocked', does: 'changed what it offers' },
  starting: { tone: 'busy', word: 'Starting', does: 'starts' },
  stopping: { tone: 'busy', word: 'Stopping', does: 'stops' },
  ready: { tone: 'ok', word: 'Running', does: 'runs' },
  new: { tone: 'idle', word: 'Not started', does: 'was never started' },
  stopped: { tone: 'idle', word: 'Stopped', does: 'is stopped' },
};

export const STATE_ORDER = Object.keys(STATES) as readonly ShownState[];

const RANKS: ReadonlyMap<ShownState, number> = new Map(STATE_ORDER.map((state, rank) => [state, rank]));
const CALM: ReadonlySet<ShownState> = new Set(['starting', 'stopping', 'ready', 'new', 'stopped']);
const UP: ReadonlySet<StateWord> = new Set(['ready', 'degraded', 'starting']);

export const rankOf = (state: ShownState): number => RANKS.get(state) ?? RANKS.size;

/** Returns the state to show. A state that this page does not know is `degraded`. */
export function stateOf({ state, held = 0 }: Pick<ServiceEntry, 'state' | 'held'>): ShownState {
  if (state === 'ready' && held > 0) return 'held';
  return Object.hasOwn(STATES, state) ? state : 'degraded';
}

/** Returns whether a service needs attention: it has a problem, or its state is one. */
export const hasProblem = (service: Pick<ServiceEntry, 'state' | 'held' | 'cause'>): boolean =>
  service.cause !== undefined || !CALM.has(stateOf(service));

/** Returns whether the process or connection of a service exists, so that Restart and Stop apply. */
export const isUp = ({ state }: Pick<ServiceEntry, 'state'>): boolean => UP.has(state);

/** Returns the kind of a service for people: `local_process` as `Process`. */
export function toKind(kind: string): string {
  const known: Readonly<Record<string, string>> = {
    local_wasm: 'Clarity',
    local_process: 'Process',
    remote_mcp: 'Remote',
    in_process: 'In process',
  };
  return Object.hasOwn(known, kind) ? (known[kind] ?? kind) : kind.replaceAll('_', ' ');
}

export const OUTCOMES: Readonly<Record<CallEnding, { readonly tone: GlyphTone; readonly word: string }>> = {
  ok: { tone: 'ok', word: 'ok' },
  tool_error: { tone: 'warn', word: 'tool error' },
  error: { tone: 'bad', word: 'failed' },
  denied: { tone: 'hold', word: 'refused' },
};

/** Returns the label of the button that fixes a problem. */
export function toFixLabel({ fix, count }: Pick<ProblemEntry, 'fix' | 'count'>): string {
  const all = count > 1 ? ' all' : '';
  switch (fix?.kind) {
    case 'set_variable':
      return `Set ${fix.name ?? 'the variable'}…`;
    case 'replace_secret':
      return 'Replace secret…';
    case 'sign_in':
      return 'Sign in…';
    case 'clear_quarantine':
      return `Unquarantine and start${all}`;
    case 'review_change':
      return 'Review change';
    case 'start':
      return `Start${all}`;
    default:
      return `Retry${all}`;
  }
}

/** Returns the tone of a problem. */
export const toneOfProblem = ({ state, severity, fix }: ProblemEntry): GlyphTone => {
  if (fix?.kind === 'review_change' || state === 'quarantined') return 'hold';
  return severity === 'error' && state !== 'login' ? 'bad' : 'warn';
};

/** Returns the worst tone of the problems, or `ok`. */
export function worstTone(problems: readonly ProblemEntry[]): GlyphTone {
  const tones = problems.map(toneOfProblem);
  return (['bad', 'warn', 'hold'] as const).find((tone) => tones.includes(tone)) ?? 'ok';
}

/** Returns the title of a problem after the name of its service, or after the count of its services. */
export function toProblemTitle({ state, count, fix }: ProblemEntry): string {
  if (fix?.kind === 'review_change') return STATES.held.does;
  if (count === 1) return STATES[state].does;
  const words: Partial<Record<StateWord, string>> = { login: 'need you to sign in', degraded: 'have problems' };
  return words[state] ?? 'fail with one cause';
}
