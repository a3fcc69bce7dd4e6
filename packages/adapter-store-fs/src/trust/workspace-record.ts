import { constants } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../files/atomic-file.ts';
import { nodeFiles } from '../files/file-operations.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';

const ID = /^[0-9a-f]{16,64}$/;

const record = z.object({
  version: z.literal(1),
  workspaceId: z.string().regex(ID),
  path: z.string(),
  uid: z.int().optional(),
  trusted: z.boolean(),
  counters: z.record(z.string(), z.int().nonnegative()),
  /** Number of changes per kind of record. */
  changes: z.record(z.string(), z.int().nonnegative()).optional(),
  /** Newest link of the audit chain. */
  audit: z.object({ seq: z.int().nonnegative(), hash: z.string() }).optional(),
  /** Newest event, in records of earlier versions. */
  auditSeq: z.int().nonnegative().optional(),
});

/** The state of one workspace as this user has seen it last, outside of the workspace. */
export type WorkspaceRecord = Readonly<z.infer<typeof record>>;

/** The records of all workspaces of this user: `<folder>/<workspaceId>.json`. */
export class WorkspaceRecords {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Returns undefined for a workspace without a valid record of this user. @throws StoreError when it cannot be read. */
  async find(workspaceId: string): Promise<WorkspaceRecord | undefined> {
    if (!ID.test(workspaceId)) return undefined;
    const path = this.#pathOf(workspaceId);
    try {
      const text = await readOwned(path);
      const read = record.safeParse(JSON.parse(text)).data;
      return read?.workspaceId === workspaceId ? read : undefined;
    } catch (error) {
      if (error instanceof SyntaxError || ['ENOENT', 'ELOOP', 'ENOTDIR'].includes(codeOf(error) ?? ''))
        return undefined;
      throw storeFailure(error, path);
    }
  }

  async all(): Promise<readonly WorkspaceRecord[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
    const found = await Promise.all(ids.map((id) => this.find(id).catch(() => undefined)));
    return found.filter((item) => item !== undefined).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Resolves when the record is on disk. @throws StoreError */
  async write(value: WorkspaceRecord): Promise<void> {
    const path = this.#pathOf(value.workspaceId);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await nodeFiles.restrict(this.#folder, 0o700);
      await writeAtomically(nodeFiles, { path, bytes: Buffer.from(`${JSON.stringify(value)}\n`) });
    } catch (error) {
      throw storeFailure(error, path);
    }
  }

  async remove(workspaceId: string): Promise<void> {
    if (ID.test(workspaceId)) await rm(this.#pathOf(workspaceId), { force: true });
  }

  #pathOf(workspaceId: string): string {
    return join(this.#folder, `${workspaceId}.json`);
  }
}

/** A record that another user wrote is not a record of this user. */
async function readOwned(path: string): Promise<string> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stats = await handle.stat();
    const me = process.geteuid?.();
    if (!stats.isFile() || (me !== undefined && stats.uid !== me)) return '';
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
