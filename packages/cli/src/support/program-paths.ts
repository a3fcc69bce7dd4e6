import { fileURLToPath } from 'node:url';

/** The programs of this package. */
export const PROGRAMS = ['clarity-runtime', 'clarityctl', 'clarityd', 'clarityc'] as const;

export type ProgramName = (typeof PROGRAMS)[number];

/** Returns the absolute path of a program of this installation. */
export const programPath = (name: ProgramName): string =>
  fileURLToPath(new URL(`../../bin/${name}.js`, import.meta.url));

export const CLARITYD = programPath('clarityd');
export const CLARITYCTL = programPath('clarityctl');
