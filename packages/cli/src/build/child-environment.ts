import type { Environment } from '../program.ts';

const PASSED_ON = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'SYSTEMROOT', 'TEMP'];

/** What a child process is told: where programs and folders are, and nothing that could be a secret. */
export const childEnvironment = (env: Environment): Record<string, string> =>
  Object.fromEntries(
    PASSED_ON.flatMap((name): [string, string][] => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
