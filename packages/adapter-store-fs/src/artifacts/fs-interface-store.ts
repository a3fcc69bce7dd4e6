import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { InterfaceStore, TenantId } from '@clarity-runtime/core/ports';
import { writeAtomically } from '../files/atomic-file.ts';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import type { WorkspaceSeal } from '../trust/workspace-seal.ts';

/** Options of `fsInterfaceStore`. */
export interface FsInterfaceStoreOptions {
  /** Created with mode 0700 if it does not exist. */
  readonly folder: string;
  readonly files: FileOperations;
  /** Marks the documents of this user; without it a digest detects damage only. */
  readonly seal: WorkspaceSeal | undefined;
}

const LABEL = 'interface';

/**
 * Returns the store of last known interfaces: one file per service. The first line of a file is its mark, which covers the
 * service and the document, so that a file of another user, workspace or service is ignored.
 */
export function fsInterfaceStore({ folder, files, seal }: FsInterfaceStoreOptions): InterfaceStore {
  const pathOf = (tenant: TenantId, serviceId: string): string =>
    join(folder, `${createHash('sha256').update(`${tenant}\n${serviceId}`).digest('hex')}.known.json`);
  const covered = (tenant: TenantId, serviceId: string, document: string): Buffer =>
    createHash('sha256')
      .update(JSON.stringify([tenant, serviceId]))
      .update('\n')
      .update(document)
      .digest();
  const markOf = (bytes: Buffer): string =>
    seal === undefined ? `sha256 ${bytes.toString('hex')}` : `hmac-sha256 ${seal.mac(LABEL, bytes)}`;
  const isMarked = (bytes: Buffer, mark: string): boolean => {
    if (seal === undefined) return mark === markOf(bytes);
    const [alg, mac] = mark.split(' ');
    return alg === 'hmac-sha256' && mac !== undefined && seal.verify(LABEL, bytes, mac);
  };
  return {
    load: async (tenant, serviceId) => {
      const path = pathOf(tenant, serviceId);
      let text: string;
      try {
        text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await files.read(path));
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw storeFailure(error, path);
      }
      const end = text.indexOf('\n');
      const document = text.slice(end + 1);
      return end > 0 && isMarked(covered(tenant, serviceId, document), text.slice(0, end)) ? document : undefined;
    },
    save: async (tenant, serviceId, document) => {
      const path = pathOf(tenant, serviceId);
      const mark = markOf(covered(tenant, serviceId, document));
      try {
        await files.mkdir(folder);
        await writeAtomically(files, { path, bytes: new TextEncoder().encode(`${mark}\n${document}`) });
      } catch (error) {
        throw storeFailure(error, path);
      }
    },
    remove: async (tenant, serviceId) => {
      const path = pathOf(tenant, serviceId);
      try {
        await files.remove(path);
      } catch (error) {
        if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw storeFailure(error, path);
      }
    },
  };
}
