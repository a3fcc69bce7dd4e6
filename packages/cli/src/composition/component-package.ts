import { join } from 'node:path';
import type * as ComponentPackage from '@clarity-runtime/adapter-component';
import { ClarityError } from '@clarity-runtime/core';
import type { ComponentTranspiler } from '@clarity-runtime/core/ports';
import { codeOf } from '../support/error-text.ts';

/** Installed separately: a daemon without components does not need it. */
const PACKAGE: string = '@clarity-runtime/adapter-component';

/**
 * Returns a function that loads the transpiler of components once. `state` is the folder of this user's state, which is not a
 * part of any workspace: transpiled components are code.
 */
export function componentPackage(state: string): () => Promise<ComponentTranspiler> {
  let loaded: Promise<ComponentTranspiler> | undefined;
  return () => {
    loaded ??= loadComponentPackage(join(state, 'components'));
    loaded.catch(() => {
      loaded = undefined;
    });
    return loaded;
  };
}

/**
 * Returns the transpiler of components. Without a folder it keeps nothing. @throws ClarityError MODULE_INVALID with the command
 * that installs the package.
 */
export async function loadComponentPackage(cacheFolder?: string): Promise<ComponentTranspiler> {
  try {
    const { componentTranspiler } = (await import(PACKAGE)) as typeof ComponentPackage;
    return componentTranspiler(cacheFolder === undefined ? {} : { cacheFolder });
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new ClarityError('MODULE_INVALID', `it is a component, which needs the package ${PACKAGE}`, {
      hint: `run: npm install ${PACKAGE} (with --global if clarity-runtime is installed so)`,
      cause: error,
    });
  }
}
