import type { z } from 'zod';
import type { problemFix } from './service-parts.ts';

/** The remedy of a problem. */
export type FixReply = z.output<typeof problemFix>;

/** Returns the command that removes a problem of a service. `cli` is the program as a user types it. */
export function problemCommand(namespace: string, fix: FixReply, cli: string): string {
  const words = (...given: readonly string[]): string => [cli, ...given.map(shellWord)].join(' ');
  const { kind, name = '', ref = '' } = fix;
  switch (kind) {
    case 'set_variable':
      return words('set', namespace, `env.${name}=@-`);
    case 'replace_secret':
      return ref.startsWith('file:') ? words('auth', 'set-secret', ref, '-') : words('auth', 'validate', ref);
    case 'sign_in':
      return words('auth', 'login', namespace);
    case 'clear_quarantine':
      return words('unquarantine', namespace);
    case 'review_change':
      return words('diff', namespace);
    case 'raise_start_timeout':
      return words('set', namespace, 'start.timeout=5m');
    case 'follow':
      return words('logs', namespace);
    case 'retry':
      return words('restart', namespace);
    case 'start':
      return words('start', namespace);
  }
}

/** Returns a word for a POSIX shell. */
const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
