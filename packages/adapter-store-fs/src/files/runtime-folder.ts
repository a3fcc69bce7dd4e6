import { join } from 'node:path';

/** Returns the folder of the stores in a workspace: `<root>/.clarity/runtime`. */
export const runtimeFolder = (root: string): string => join(root, '.clarity', 'runtime');
