import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { InterfaceDocument } from '@clarity-runtime/core';
import { codeOf, messageOf } from '../support/error-text.ts';
import { ToolchainError } from '../support/toolchain-error.ts';

export interface Built {
  readonly wasm: Uint8Array;
  /** Absent when nobody knows what the functions take and return. */
  readonly document?: InterfaceDocument;
}

/** `x.wasm` has its interface in `x.interface.json`. */
export const interfacePath = (wasmPath: string): string => `${wasmPath.replace(/\.wasm$/, '')}.interface.json`;

/** Writes a module and its interface beside it, each in one step; an interface of an older build does not stay. */
export async function writeBuilt(wasmPath: string, { wasm, document }: Built): Promise<void> {
  const beside = interfacePath(wasmPath);
  try {
    await mkdir(dirname(wasmPath), { recursive: true });
    if (document === undefined) await rm(beside, { force: true });
    else await replace(beside, `${JSON.stringify(document, null, 2)}\n`);
    await replace(wasmPath, wasm);
  } catch (error) {
    const hint = codeOf(error) === 'ENOSPC' ? 'free some space' : 'check that the folder can be written to';
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
