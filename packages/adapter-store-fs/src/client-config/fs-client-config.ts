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
import type { ClientEnvironment } from './client-paths.ts';
import { pathsOf, type BootstrapRow } from './client-row.ts';
import { BOOTSTRAP_CLIENTS } from './client-table.ts';
import { ConfigProblem, type ConfigEntry, type ConfigText } from './config-text.ts';
import { deleteBackup, backUpOriginal, originalOf } from './original-backup.ts';
import { editOf, entryAfter, gatewayOf, isOurs, readEntry } from './gateway-entry.ts';
import { editorOf } from './config-editor.ts';

/** Key of the gateway in every configuration. */
export const SERVER_NAME = 'clarity_gateway';
const MAX_WRITE_ATTEMPT_COUNT = 3;

interface Edit {
  /** New content of the file; null removes the file. */
  readonly text: string | null;
  /** The entry alone, rendered for display. */
  readonly entry: string;
}

/** Configuration of one AI client on the file system. Error texts contain no content of the file. */
export class FsClientConfig implements ClientConfig {
  readonly client: string;
  readonly scopes: readonly ConfigScope[];
  readonly transports: ClientConfig['transports'];
  readonly #row: BootstrapRow;
  readonly #environment: ClientEnvironment;
  readonly #files: FileOperations;
  readonly #config: ConfigText;

  constructor(row: BootstrapRow, environment: ClientEnvironment, files: FileOperations) {
    this.client = row.client;
    this.scopes = (['user', 'project'] as const).filter((scope) => row.paths[scope] !== undefined);
    this.transports = row.shape({ transport: 'http', url: 'http://x' }) === undefined ? ['stdio'] : ['stdio', 'http'];
    this.#row = row;
    this.#environment = environment;
    this.#files = files;
    this.#config = editorOf(row, SERVER_NAME);
  }

  async state(scope: ConfigScope): Promise<ClientConfigState> {
    const path = await this.#path(scope);
    const present = await exists(this.#row.traces(this.#environment));
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
    const rendered = this.#renderEntry(shaped);
    return this.#change(target, this.#row.next, async (file, path) => {
      const { text } = file;
      const to = (after: string | null): Edit => ({ text: after, entry: rendered });
      const was = this.#config.entry(text);
      if (was !== undefined && !isOurs(was)) {
        throw new ConfigProblem(`'${SERVER_NAME}' is another server; rename it in this file first`);
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
    return this.#change(target, 'restart the client to apply the removal', async (file, path) => {
      const was = this.#config.entry(file.text);
      if (was === undefined || !isOurs(was)) return { text: file.text, entry: '' };
      const original = await originalOf(path, file, this.#config);
      const text = original === undefined ? this.#config.remove(file.text) : original;
      return { text, entry: this.#renderEntry(this.#row.shape(gatewayOf(was)) ?? {}) };
    });
  }

  /** Returns a file with our entry only, so that the result contains no text of the user. */
  #renderEntry(entry: ConfigEntry): string {
    return this.#config.put('', { set: entry, drop: [] });
  }

  /** Reads, edits and writes the file. Repeats this, at most 3 times in total, if the file changed meanwhile. */
  async #change(
    { scope, dryRun = false }: ConfigTarget,
    next: string,
    edit: (file: FileSnapshot, path: string) => Promise<Edit>,
  ): Promise<ClientChange> {
    const path = await this.#path(scope);
    try {
      for (let tries = 0; tries < MAX_WRITE_ATTEMPT_COUNT; tries += 1) {
        const file = await readClientFile(path);
        const { text, entry } = await edit(file, path);
        const updated = text === null || text !== file.text;
        const diff = unifiedDiff(path, file.text, text ?? '');
        const outcome = updated ? { next, entry } : { next: 'no change was necessary', entry: '' };
        const change = { client: this.client, path, updated, diff, ...outcome };
        if (!updated || dryRun || (await this.#write(path, file, text))) return change;
      }
      throw new ConfigProblem('the file is being written by another program; close the client and try again');
    } catch (error) {
      throw configError(path, error);
    }
  }

  async #write(path: string, file: FileSnapshot, text: string | null): Promise<boolean> {
    if (text === null) return removeClientFile(this.#files, file);
    // A file with our entry is not the original.
    if (this.#config.entry(file.text) === undefined) await backUpOriginal(this.#files, path, file);
    const done = await replaceClientFile(this.#files, file, text);
    if (done && this.#config.entry(text) === undefined) await deleteBackup(this.#files, path, text, file.bom);
    return done;
  }

  async #path(scope: ConfigScope): Promise<string> {
    const paths = pathsOf(this.#row, scope, this.#environment);
    for (const path of paths) if (await exists(path)) return path;
    const [path] = paths;
    if (path !== undefined) return path;
    throw new ClarityError('REQUEST_INVALID', `${this.client} has no configuration with scope '${scope}'`, {
      field: 'scope',
      hint: `use scope '${this.scopes.join("' or '")}'`,
    });
  }

  #unsupported(tokenVariable: string | undefined): ClarityError {
    const why =
      tokenVariable === undefined
        ? `${this.client} does not support http servers in this file`
        : `${this.client} cannot read a token for http from a variable`;
    return new ClarityError('REQUEST_INVALID', why, { field: 'transport', hint: "use transport 'stdio'" });
  }
}

/** Options of `fsClientConfigs`. */
export interface FsClientConfigsOptions extends ClientEnvironment {
  readonly files?: FileOperations;
}

/** Returns the configurations of all supported AI clients in a fixed order. Their `put` and `remove` throw ClarityError
 * CLIENT_CONFIG_REFUSED when a file cannot be edited safely. */
export const fsClientConfigs = ({
  files = nodeFiles,
  ...environment
}: FsClientConfigsOptions): readonly ClientConfig[] =>
  BOOTSTRAP_CLIENTS.map((row) => new FsClientConfig(row, environment, files));

function configError(path: string, error: unknown): unknown {
  if (error instanceof ConfigProblem || codeOf(error) !== undefined) {
    return new ClarityError('CLIENT_CONFIG_REFUSED', `${toPrintableAscii(path, 300)}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  return error;
}

/** Returns the reason of a failure. Of a system error only the code: its message would repeat the path. */
function reasonOf(error: unknown): string {
  if (error instanceof ConfigProblem) return error.message;
  const code = codeOf(error);
  if (code === undefined) throw error;
  return `the file cannot be read or written (${code})`;
}

const exists = async (path: string): Promise<boolean> => {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
};

const CONTEXT_LINE_COUNT = 3;

/** Returns a unified diff with one hunk from the first to the last changed line; empty when the texts are equal. */
function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const [old, now] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  const most = Math.min(old.length, now.length) - head;
  while (tail < most && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
  const from = Math.max(0, head - CONTEXT_LINE_COUNT);
  const after3 = Math.min(CONTEXT_LINE_COUNT, tail);
  const removed = old.slice(head, old.length - tail);
  const added = now.slice(head, now.length - tail);
  const above = old.slice(from, head);
  const below = old.slice(old.length - tail, old.length - tail + after3);
  const range = (count: number): string => `${String(count === 0 ? from : from + 1)},${String(count)}`;
  const size = above.length + below.length;
  return [
    `--- ${before === '' ? '/dev/null' : path}`,
    `+++ ${after === '' ? '/dev/null' : path}`,
    `@@ -${range(size + removed.length)} +${range(size + added.length)} @@`,
    ...marked(' ', above),
    ...marked('-', removed),
    ...marked('+', added),
    ...marked(' ', below),
    '',
  ].join('\n');
}

/** Splits a text after each line break, so that a missing break at the end is a difference. */
const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.split(/(?<=\n)/));

const marked = (mark: string, lines: readonly string[]): readonly string[] =>
  lines.map((line) =>
    line.endsWith('\n') ? mark + line.slice(0, -1) : `${mark}${line}\n\\ No newline at end of file`,
  );
