import { fileURLToPath } from 'node:url';

const program = (name: string): string => fileURLToPath(new URL(`../../bin/${name}.js`, import.meta.url));

/** Absolute paths of the programs of this installation. */
export const CLARITYD = program('clarityd');
export const CLARITYCTL = program('clarityctl');
