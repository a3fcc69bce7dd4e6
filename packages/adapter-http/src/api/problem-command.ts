import type { ProblemGroup } from '@clarity-runtime/core';

/** Returns the command that removes a problem for its first service. `cli` is the program as a user types it. */
export function problemCommand({ services, fix }: Pick<ProblemGroup, 'services' | 'fix'>, cli: string): string {
  const namespace = services[0]?.namespace ?? '';
  const words = (...given: readonly string[]): string => [cli, ...given.map(shellWord)].join(' ');
  switch (fix.kind) {
    case 'set_variable':
      return words('auth', 'set-secret', `file:${namespace}-${fix.name.toLowerCase()}`, '-');
    case 'replace_secret':
      return fix.ref.startsWith('file:')
        ? words('auth', 'set-secret', fix.ref, '-')
        : words('auth', 'validate', fix.ref);
    case 'sign_in':
      return words('auth', 'login', namespace);
    case 'clear_quarantine':
      return words('unquarantine', namespace);
    case 'review_change':
      return words('diff', namespace);
    case 'raise_start_timeout':
      return words('edit', namespace);
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
