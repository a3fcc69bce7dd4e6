import { readFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ClientConfig, ConfigScope } from '@clarity-runtime/core/ports';
import { codeOf } from '../../src/files/store-failure.ts';
import { fsClientConfigs, type FsClientConfigsOptions } from '../../src/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Access to the client configurations in a temporary home folder. */
export interface User {
  readonly home: string;
  config(client: string): ClientConfig;
  pathOf(client: string, scope?: ConfigScope): Promise<string>;
  read(client: string): Promise<string | undefined>;
  write(client: string, text: string | Uint8Array): Promise<string>;
}

/** Creates a user with a temporary home folder on Linux. */
export async function temporaryUser(options: Partial<FsClientConfigsOptions> = {}): Promise<User> {
  const home = await temporaryFolder();
  const configs = fsClientConfigs({ home, platform: 'linux', env: {}, project: join(home, 'project'), ...options });
  const config = (client: string): ClientConfig => {
    const found = configs.find((one) => one.client === client);
    if (found === undefined) throw new Error(client);
    return found;
  };
  const pathOf = async (client: string, scope: ConfigScope = 'user'): Promise<string> =>
    (await config(client).state(scope)).path;
  return {
    home,
    config,
    pathOf,
    read: async (client) => {
      try {
        return await readFile(await pathOf(client), 'utf8');
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw error;
      }
    },
    write: async (client, text) => {
      const path = await pathOf(client);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
      return path;
    },
  };
}

export const CLIENTS = [
  ...['codex', 'claude', 'claude-desktop', 'cursor', 'vscode', 'gemini', 'windsurf', 'zed'],
  ...['copilot', 'qwen', 'opencode', 'kilo', 'kiro', 'cline', 'roo', 'junie', 'lmstudio', 'amp', 'crush', 'warp'],
  ...['grok', 'goose', 'hermes'],
];
