import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { trustFolders } from '@clarity-runtime/adapter-store-fs';
import { DEFAULT_TENANT } from '@clarity-runtime/core/internal';
import { z } from 'zod';
import { isLoopback } from '../api/loopback.ts';
import type { Environment } from '../support/process-context.ts';
import { CliError } from '../support/cli-error.ts';
import { codeOf } from '../support/error-text.ts';

const tokens = z.record(z.string().max(300), z.record(z.string().max(64), z.string().max(200)));
const document = z.object({ version: z.literal(1), tokens });
type Tokens = z.output<typeof tokens>;

/** A daemon, and the tenant of it whose tokens are meant; `default` if absent. */
export interface TokenPlace {
  readonly daemon: URL;
  readonly tenant?: string | undefined;
}

const MAX_BYTES = 1024 * 1024;

/**
 * The access tokens that bridges of this user send, by daemon, tenant and name, in `tokens.json` of its configuration folder (0600). The
 * entry of a client has the name alone, so that no configuration file has a token.
 */
export class TokenFile {
  readonly path: string;

  constructor(env: Environment) {
    this.path = join(trustFolders({ environment: env }).key, 'tokens.json');
  }

  /** @throws CliError for a file that is not readable, or not one of tokens. */
  async find(place: TokenPlace, name: string): Promise<string | undefined> {
    const own = (await this.#read())[keyOf(place)] ?? {};
    return Object.hasOwn(own, name) ? own[name] : undefined;
  }

  put(place: TokenPlace, name: string, token: string): Promise<void> {
    return this.#change(place, (own) => ({ ...own, [name]: token }));
  }

  remove(place: TokenPlace, name: string): Promise<void> {
    return this.#change(place, (own) => Object.fromEntries(Object.entries(own).filter(([other]) => other !== name)));
  }

  /** Removes all tokens of a place. */
  removeAll(place: TokenPlace): Promise<void> {
    return this.#change(place, () => ({}));
  }

  async #change(place: TokenPlace, change: (own: Tokens[string]) => Tokens[string]): Promise<void> {
    const all = await this.#read();
    const own = change(all[keyOf(place)] ?? {});
    const others = Object.entries(all).filter(([key]) => key !== keyOf(place));
    const next = Object.fromEntries([
      ...others,
      ...(Object.keys(own).length === 0 ? [] : [[keyOf(place), own]]),
    ]) as Tokens;
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const part = `${this.path}.${randomBytes(6).toString('hex')}`;
    try {
      const file = await open(part, 'wx', 0o600);
      try {
        await file.writeFile(`${JSON.stringify({ version: 1, tokens: next }, null, 2)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(part, this.path);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  async #read(): Promise<Tokens> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return {};
      throw new CliError(`${this.path} cannot be read (${codeOf(error) ?? 'unknown'})`);
    }
    const read = text.length > MAX_BYTES ? undefined : document.safeParse(parsed(text));
    if (read?.success === true) return read.data.tokens;
    throw new CliError(`${this.path} is not a file of tokens`, {
      hint: 'move it away, and run `clarityctl bootstrap` again for each client',
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** All names of this machine are one daemon per port. A URL and the name of a tenant have no space. */
const keyOf = ({ daemon, tenant = DEFAULT_TENANT }: TokenPlace): string =>
  tenant === DEFAULT_TENANT ? daemonKey(daemon) : `${daemonKey(daemon)} ${tenant}`;

const daemonKey = (daemon: URL): string => {
  const port = daemon.port === '' ? (daemon.protocol === 'https:' ? '443' : '80') : daemon.port;
  return isLoopback(daemon) ? `local:${port}` : daemon.href.replace(/\/$/, '');
};
