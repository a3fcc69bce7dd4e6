/** The state of a service in one word, the same in every list. */
export type StatusWord =
  'new' | 'starting' | 'ready' | 'degraded' | 'login' | 'retrying' | 'failing' | 'stopping' | 'stopped' | 'quarantined';

/** All words, for filters. */
export const STATUS_WORDS: readonly StatusWord[] = [
  'new',
  'starting',
  'ready',
  'degraded',
  'login',
  'retrying',
  'failing',
  'stopping',
  'stopped',
  'quarantined',
];

/** The members of a status that decide its word. */
export interface WordedStatus {
  readonly lifecycle: string;
  readonly health: string;
  readonly retryAt?: string | undefined;
  readonly lastError?: string | undefined;
}

const WORD_OF: Readonly<Record<string, StatusWord | undefined>> = {
  REGISTERED: 'new',
  STARTING: 'starting',
  STOPPING: 'stopping',
  NEEDS_LOGIN: 'login',
  QUARANTINED: 'quarantined',
};

/** Returns the word of a status. `retrying`: a start is planned; `failing`: stopped after an error, until someone acts. */
export function statusWord({ lifecycle, health, retryAt, lastError }: WordedStatus): StatusWord {
  const fixed = WORD_OF[lifecycle];
  if (fixed !== undefined) return fixed;
  if (health === 'UNAUTHORIZED') return 'login';
  if (lifecycle === 'RUNNING') return health === 'HEALTHY' || health === 'UNKNOWN' ? 'ready' : 'degraded';
  if (retryAt !== undefined) return 'retrying';
  // A stop resets the health and keeps the last error.
  return lastError === undefined || health === 'UNKNOWN' ? 'stopped' : 'failing';
}

/** Returns whether a service with this word needs an operator or time. */
export const needsAttention = (word: StatusWord): boolean =>
  word === 'degraded' || word === 'login' || word === 'retrying' || word === 'failing' || word === 'quarantined';
