import {
  ClarityError,
  isStoreError,
  type InterfaceDocument,
  type Service,
  type ServiceArtifact,
} from '@clarity-runtime/core';
import type { ArtifactStore } from '@clarity-runtime/core/ports';
import { readInterface } from '../interface/read-interface.ts';

const TENANT = 'default';

export interface Program {
  readonly wasm: Uint8Array;
  readonly document?: InterfaceDocument;
}

/** Stores a module and its interface document. @throws ClarityError when the store fails. */
export async function storeProgram(
  artifacts: ArtifactStore,
  wasm: Uint8Array,
  interfaceBytes: Uint8Array | undefined,
): Promise<ServiceArtifact> {
  try {
    const wasmSha256 = await artifacts.put(TENANT, 'wasm', wasm);
    if (interfaceBytes === undefined) return { wasmSha256 };
    return { wasmSha256, interfaceSha256: await artifacts.put(TENANT, 'interface', interfaceBytes) };
  } catch (error) {
    throw storeFailure(error);
  }
}

/** Reads the copy that was stored on admission, never the original file. */
export async function loadProgram(artifacts: ArtifactStore, { artifact, namespace }: Service): Promise<Program> {
  const hint = 'apply the manifest again';
  if (artifact === undefined)
    throw new ClarityError('ARTIFACT_UNREADABLE', `${namespace} has no stored copy`, { hint });
  const { wasmSha256, interfaceSha256 } = artifact;
  try {
    const wasm = await artifacts.get(TENANT, 'wasm', wasmSha256);
    const bytes = interfaceSha256 === undefined ? undefined : await artifacts.get(TENANT, 'interface', interfaceSha256);
    if (wasm === undefined || (interfaceSha256 !== undefined && bytes === undefined)) {
      throw new ClarityError('ARTIFACT_UNREADABLE', `the stored copy of ${namespace} is gone`, { hint });
    }
    return bytes === undefined ? { wasm } : { wasm, document: readInterface(bytes) };
  } catch (error) {
    throw storeFailure(error);
  }
}

function storeFailure(error: unknown): unknown {
  if (!isStoreError(error)) return error;
  if (error.kind === 'corrupt') return new ClarityError('STORE_CORRUPT', error.message, { cause: error });
  const code = error.kind === 'exhausted' ? 'STORAGE_FULL' : 'STORE_UNAVAILABLE';
  return new ClarityError(code, '', { cause: error });
}
