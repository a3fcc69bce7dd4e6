import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../files/atomic-file.ts';
import { nodeFiles, type FileOperations } from '../files/file-operations.ts';
import { codeOf } from '../files/store-failure.ts';
import type { RewiredFile, RewireTarget } from './rewire.ts';

const target = z.object({
  client: z.string(),
  scope: z.enum(['user', 'project', 'local']),
  path: z.string(),
  container: z.array(z.string()),
  names: z.array(z.string()),
});
const record = z.object({
  id: z.string(),
  at: z.string(),
  daemonUrl: z.string(),
  /** Absent for `default`. */
  tenant: z.string().optional(),
  isComplete: z.boolean(),
  services: z.array(z.object({ serviceId: z.string(), namespace: z.string(), digest: z.string() })),
  secrets: z.array(z.string()),
  /** Access tokens that were created for clients. Older records have none. */
  tokens: z.array(z.object({ client: z.string(), name: z.string() })).default([]),
  files: z.array(target.extend({ original: z.string(), digest: z.string().optional(), added: z.boolean().optional() })),
});

/** Everything that one import changed. */
export type ImportRecord = z.infer<typeof record>;

const ID = /^[0-9]{8}-[0-9]{6}-[0-9a-f]{4}$/;
const MAX_RECORD_COUNT = 500;
const RECORD = 'import.json';

/** Records of imports below `<folder>/imports`, with the original bytes of the changed files. Only the user can read them. */
export class ImportJournal {
  readonly #folder: string;
  readonly #files: FileOperations;

  constructor(folder: string, files: FileOperations = nodeFiles) {
    this.#folder = join(folder, 'imports');
    this.#files = files;
  }

  /** Starts a record. `now` is the time of the import. */
  async begin(daemonUrl: string, now: Date, tenant?: string): Promise<OpenImport> {
    const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
    const id = `${stamp}-${randomBytes(2).toString('hex')}`;
    await mkdir(join(this.#folder, id), { recursive: true, mode: 0o700 });
    const changes = { services: [], secrets: [], tokens: [], files: [] };
    const of = tenant === undefined ? {} : { tenant };
    const started = { id, at: now.toISOString(), daemonUrl, ...of, isComplete: false, ...changes };
    const opened = new OpenImport(join(this.#folder, id), started, this.#files);
    await opened.save();
    return opened;
  }

  /** Returns all records, the newest first. A damaged record is left out. */
  async list(): Promise<readonly ImportRecord[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    });
    const ids = names
      .filter((name) => ID.test(name))
      .sort()
      .reverse()
      .slice(0, MAX_RECORD_COUNT);
    const records = await Promise.all(ids.map((id) => this.#read(id)));
    return records.filter((found) => found !== undefined);
  }

  /** Opens a record to undo it; undefined if it does not exist. */
  async open(id: string): Promise<OpenImport | undefined> {
    if (!ID.test(id)) return undefined;
    const found = await this.#read(id);
    return found && new OpenImport(join(this.#folder, id), found, this.#files);
  }

  /** Deletes a record with its copies. */
  async forget(id: string): Promise<boolean> {
    if (!ID.test(id) || (await this.#read(id)) === undefined) return false;
    await rm(join(this.#folder, id), { recursive: true, force: true });
    return true;
  }

  async #read(id: string): Promise<ImportRecord | undefined> {
    try {
      const bytes = await this.#files.read(join(this.#folder, id, RECORD));
      const read = record.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
      return read.success && read.data.id === id ? read.data : undefined;
    } catch (error) {
      if (error instanceof SyntaxError || codeOf(error) !== undefined) return undefined;
      throw error;
    }
  }
}

/** The record of one import. Each change is on disk before it is made. */
export class OpenImport {
  readonly #folder: string;
  readonly #files: FileOperations;
  #record: ImportRecord;

  constructor(folder: string, started: ImportRecord, files: FileOperations) {
    this.#folder = folder;
    this.#record = started;
    this.#files = files;
  }

  get record(): ImportRecord {
    return this.#record;
  }

  save(): Promise<void> {
    const bytes = new TextEncoder().encode(`${JSON.stringify(this.#record, null, 2)}\n`);
    return writeAtomically(this.#files, { path: join(this.#folder, RECORD), bytes });
  }

  addSecret(reference: string): Promise<void> {
    return this.#change({ secrets: [...this.#record.secrets, reference] });
  }

  /** Records an access token of a client before it is created. */
  addToken(client: string, name: string): Promise<void> {
    return this.#change({ tokens: [...this.#record.tokens, { client, name }] });
  }

  /** Records a service before it is registered; its digest is empty until then. */
  addService(service: ImportRecord['services'][number]): Promise<void> {
    return this.#change({ services: [...this.#record.services, service] });
  }

  /** Replaces the record of a service, by the id that it was added with; removes it if it was not registered. */
  settleService(serviceId: string, settled: ImportRecord['services'][number] | undefined): Promise<void> {
    return this.#change({
      services: this.#record.services.flatMap((service) =>
        service.serviceId === serviceId ? (settled ?? []) : [service],
      ),
    });
  }

  /** Keeps the original bytes of a file before it is rewired. */
  async keepOriginal(file: RewireTarget, bytes: Uint8Array): Promise<void> {
    const original = `${String(this.#record.files.length)}.original`;
    await writeAtomically(this.#files, { path: join(this.#folder, original), bytes });
    const { client, scope, path, container, names } = file;
    const kept = { client, scope, path, container: [...container], names: [...names], original };
    await this.#change({ files: [...this.#record.files, kept] });
  }

  /** Records the digest of a file after it was rewired. */
  rewired({ path, container, digest, added }: RewiredFile): Promise<void> {
    const isSame = (file: ImportRecord['files'][number]): boolean =>
      file.path === path && file.container.join('\n') === container.join('\n');
    return this.#change({
      files: this.#record.files.map((file) => (isSame(file) ? { ...file, digest, added } : file)),
    });
  }

  complete(): Promise<void> {
    return this.#change({ isComplete: true });
  }

  originalOf({ original }: ImportRecord['files'][number]): Promise<Uint8Array> {
    return this.#files.read(join(this.#folder, original));
  }

  #change(change: Partial<ImportRecord>): Promise<void> {
    this.#record = { ...this.#record, ...change };
    return this.save();
  }
}
