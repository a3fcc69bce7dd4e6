import { access } from 'node:fs/promises';
import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import type {
  ClientChange,
  ClientConfig,
  ClientConfigState,
  ConfigScope,
  ConfigTarget,
} from '@clarity-runtime/core/ports';
import { nodeFiles, type FileOperations } from '../files/file-operations.ts';
import { codeOf } from '../files/store-failure.ts';
import { readClientFile, removeClientFile, replaceClientFile, type FileSnapshot } from './client-file.ts';
import type { ClientPlace } from './client-paths.ts';
import { CLIENT_TABLE, type ClientRow } from './client-table.ts';
import { ConfigProblem, type ConfigEntry, type ConfigText } from './config-text.ts';
import { deleteBackup, backUpOriginal, originalOf } from './original-backup.ts';
import { editOf, entryAfter, gatewayOf, isOurs, readEntry } from './gateway-entry.ts';
import { jsonConfig } from './json-config.ts';
import { tomlConfig } from './toml-config.ts';
import { unifiedDiff } from './unified-diff.ts';

export const SERVER_NAME = 'clarity_gateway';
const TRIES = 3;

interface Edit {
  /** The whole file; null is no file at all. */
  readonly text: string | null;
  readonly entry: string;
}

/** One client of the table, on files. */
export class FsClientConfig implements ClientConfig {
  readonly client: string;
  readonly scopes: readonly ConfigScope[];
  readonly transports: ClientConfig['transports'];
  readonly #row: ClientRow;
  readonly #place: ClientPlace;
  readonly #files: FileOperations;
  readonly #config: ConfigText;

  constructor(row: ClientRow, place: ClientPlace, files: FileOperations) {
    this.client = row.client;
    this.scopes = (['user', 'project'] as const).filter((scope) => row.paths[scope] !== undefined);
    this.transports = row.shape({ transport: 'http', url: 'http://x' }) === undefined ? ['stdio'] : ['stdio', 'http'];
    this.#row = row;
    this.#place = place;
    this.#files = files;
    this.#config = configOf(row);
  }

  async state(scope: ConfigScope): Promise<ClientConfigState> {
    const path = this.#path(scope);
    const present = await isThere(this.#row.traces(this.#place));
    try {
      const entry = this.#config.entry((await readClientFile(path)).text);
      const seen = entry === undefined ? {} : readEntry(entry);
      return { client: this.client, path, configured: entry !== undefined && isOurs(entry), present, ...seen };
    } catch (error) {
      return { client: this.client, path, configured: false, present, problem: reasonOf(error) };
    }
  }

  put(entry: Parameters<ClientConfig['put']>[0], target: ConfigTarget): Promise<ClientChange> {
    const shaped = this.#row.shape(entry);
    if (shaped === undefined) throw this.#unsupported(entry.tokenVariable);
    const alone = this.#alone(shaped);
    return this.#change(target, this.#row.next, async (file, path) => {
      const { text } = file;
      const to = (after: string | null): Edit => ({ text: after, entry: alone });
      const was = this.#config.entry(text);
      if (was !== undefined && !isOurs(was)) {
        throw new ConfigProblem(`'${SERVER_NAME}' is somebody else's server; rename it there first`);
      }
      const edit = editOf(was, shaped, entry.transport);
      if (was === undefined) return to(this.#config.put(text, edit));
      if (edit.drop.length === 0 && Object.keys(edit.set).length === 0) return to(text);
      const original = await originalOf(path, file, this.#config);
      if (original === undefined) return to(this.#config.put(text, edit));
      return to(this.#config.put(original ?? '', { set: entryAfter(was, edit), drop: [] }));
    });
  }

  remove(target: ConfigTarget): Promise<ClientChange> {
    return this.#change(target, 'the client forgets it when it starts next', async (file, path) => {
      const was = this.#config.entry(file.text);
      if (was === undefined || !isOurs(was)) return { text: file.text, entry: '' };
      const original = await originalOf(path, file, this.#config);
      const text = original === undefined ? this.#config.remove(file.text) : original;
      return { text, entry: this.#alone(this.#row.shape(gatewayOf(was)) ?? {}) };
    });
  }

  /** Our entry as the only one of a file: nothing that its user wrote stands in it. */
  #alone(entry: ConfigEntry): string {
    return this.#config.put('', { set: entry, drop: [] });
  }

  /** Reads, edits, and writes if the file is still what was read; else all over again. */
  async #change(
    { scope, dryRun = false }: ConfigTarget,
    next: string,
    edit: (file: FileSnapshot, path: string) => Promise<Edit>,
  ): Promise<ClientChange> {
    const path = this.#path(scope);
    try {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const file = await readClientFile(path);
        const { text, entry } = await edit(file, path);
        const updated = text === null || text !== file.text;
        const diff = unifiedDiff(path, file.text, text ?? '');
        const told = updated ? { next, entry } : { next: 'nothing had to be done', entry: '' };
        const change = { client: this.client, path, updated, diff, ...told };
        if (!updated || dryRun || (await this.#write(path, file, text))) return change;
      }
      throw new ConfigProblem('it is being written by another program; close the client and try again');
    } catch (error) {
      throw refused(path, error);
    }
  }

  async #write(path: string, file: FileSnapshot, text: string | null): Promise<boolean> {
    if (text === null) return removeClientFile(this.#files, file);
    // With an entry of ours in it, it is not what was there before us.
    if (this.#config.entry(file.text) === undefined) await backUpOriginal(this.#files, path, file);
    const done = await replaceClientFile(this.#files, file, text);
    if (done && this.#config.entry(text) === undefined) await deleteBackup(this.#files, path, text, file.bom);
    return done;
  }

  #path(scope: ConfigScope): string {
    const path = this.#row.paths[scope];
    if (path !== undefined) return path(this.#place);
    throw new ClarityError('REQUEST_INVALID', `${this.client} has no configuration of a ${scope}`, {
      field: 'scope',
      hint: `use the scope '${this.scopes.join("' or '")}'`,
    });
  }

  #unsupported(tokenVariable: string | undefined): ClarityError {
    const why =
      tokenVariable === undefined
        ? `${this.client} reads no http servers from this file`
        : `${this.client} has no way to take a token from a variable for http`;
    return new ClarityError('REQUEST_INVALID', why, { field: 'transport', hint: "use the transport 'stdio'" });
  }
}

export interface FsClientConfigsOptions extends ClientPlace {
  readonly files?: FileOperations;
}

/** Every client that is known, in the order of the table. */
export const fsClientConfigs = ({ files = nodeFiles, ...place }: FsClientConfigsOptions): readonly ClientConfig[] =>
  CLIENT_TABLE.map((row) => new FsClientConfig(row, place, files));

function configOf({ format, container }: ClientRow): ConfigText {
  const place = { container, name: SERVER_NAME };
  return format === 'toml' ? tomlConfig(place) : jsonConfig({ ...place, isStrict: format === 'json' });
}

function refused(path: string, error: unknown): unknown {
  if (error instanceof ConfigProblem || codeOf(error) !== undefined) {
    return new ClarityError('CLIENT_CONFIG_REFUSED', `${toPrintableAscii(path, 300)}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  return error;
}

/** The path stands in the system's message once more, so only its code is told. */
function reasonOf(error: unknown): string {
  if (error instanceof ConfigProblem) return error.message;
  const code = codeOf(error);
  if (code === undefined) throw error;
  return `it cannot be read or written (${code})`;
}

const isThere = async (path: string): Promise<boolean> => {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
};
