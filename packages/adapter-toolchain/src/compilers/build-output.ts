import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { InterfaceDocument } from '@clarity-runtime/core';
import { codeOf, messageOf } from '../support/error-text.ts';
import { makeUnlinkedFolder } from '../support/own-folder.ts';
import { ToolchainError } from '../support/toolchain-error.ts';

/** Output of a compiler. */
export interface Built {
  readonly wasm: Uint8Array;
  /** Undefined if the parameters and results of the functions are not known. */
  readonly document?: InterfaceDocument;
}

/** Returns the path of the interface document of a module: `x.interface.json` for `x.wasm`. */
export const interfacePath = (wasmPath: string): string => `${wasmPath.replace(/\.wasm$/, '')}.interface.json`;

/**
 * Writes a module and its interface document, each atomically. Without a new document, removes the one of an older build.
 * @throws ToolchainError when a file cannot be written, or a link leads out of `.clarity`.
 */
export async function writeBuilt(wasmPath: string, { wasm, document }: Built): Promise<void> {
  const beside = interfacePath(wasmPath);
  try {
    await makeUnlinkedFolder(dirname(wasmPath));
    if (document === undefined) await rm(beside, { force: true });
    else await replace(beside, `${JSON.stringify(document, null, 2)}\n`);
    await replace(wasmPath, wasm);
  } catch (error) {
    if (error instanceof ToolchainError) throw error;
    const hint = codeOf(error) === 'ENOSPC' ? 'free disk space' : 'check the permissions of the folder';
    throw new ToolchainError(`${wasmPath} cannot be written: ${messageOf(error)}`, { hint, cause: error });
  }
}

async function replace(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.tmp-${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(temporary, content, { flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
