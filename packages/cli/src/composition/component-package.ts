import { join } from 'node:path';
import type * as Package from '@clarity-runtime/adapter-component';
import type { ComponentTranspilerOptions } from '@clarity-runtime/adapter-component';
import { ClarityError } from '@clarity-runtime/core';
import type { ComponentTranspiler, Egress } from '@clarity-runtime/core/ports';
import { codeOf } from '../support/error-text.ts';

/** Installed separately: a daemon without components does not need it. */
const PACKAGE: string = '@clarity-runtime/adapter-component';

/**
 * The transpiler of components, which is loaded once. `state` is the folder of this user's state, which is not a part of any
 * workspace: transpiled components are code. `egress` sends the requests of components.
 */
export class ComponentPackage implements AsyncDisposable {
  readonly #options: ComponentTranspilerOptions;
  #loaded: Promise<ComponentTranspiler> | undefined;

  constructor(state: string, egress: Egress) {
    this.#options = { cacheFolder: join(state, 'components'), egress };
  }

  readonly load = (): Promise<ComponentTranspiler> => {
    this.#loaded ??= loadComponentPackage(this.#options);
    this.#loaded.catch(() => {
      this.#loaded = undefined;
    });
    return this.#loaded;
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#loaded?.catch(() => undefined))?.close?.();
  }
}

/**
 * Returns the transpiler of components. Without options it keeps nothing and has no network. @throws ClarityError MODULE_INVALID with the command
 * that installs the package.
 */
export async function loadComponentPackage(options: ComponentTranspilerOptions = {}): Promise<ComponentTranspiler> {
  try {
    const { componentTranspiler } = (await import(PACKAGE)) as typeof Package;
    return componentTranspiler(options);
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new ClarityError('MODULE_INVALID', `it is a component, which needs the package ${PACKAGE}`, {
      hint: `run: npm install ${PACKAGE} (with --global if clarity-runtime is installed so)`,
      cause: error,
    });
  }
}
