import { join } from 'node:path';

/** Where the stores of a workspace stand. */
export const runtimeFolder = (root: string): string => join(root, '.clarity', 'runtime');
