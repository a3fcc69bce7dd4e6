import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fakeDaemon } from './fake-daemon.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** One configuration of each client. */
export const CLIENT_FIXTURES = fileURLToPath(new URL('../../../../test/fixtures/clients/', import.meta.url));

/** Where the clients of the fixtures have their files on Linux. */
export const PLACES: Readonly<Record<string, string>> = {
  'claude.json': '.claude.json',
  'claude-desktop.json': '.config/Claude/claude_desktop_config.json',
  'codex.toml': '.codex/config.toml',
  'cursor.json': '.cursor/mcp.json',
  'vscode.json': '.config/Code/User/mcp.json',
  'windsurf.json': '.codeium/windsurf/mcp_config.json',
  'zed.jsonc': '.config/zed/settings.json',
  'gemini.json': '.gemini/settings.json',
  'opencode.jsonc': '.config/opencode/opencode.json',
  'goose.yaml': '.config/goose/config.yaml',
};

/** A user with the configurations of the fixtures and a daemon with fake services. */
export async function userWithClients(places = PLACES) {
  const folder = await temporaryFolder();
  const home = folder.path;
  for (const [name, place] of Object.entries(places)) {
    await mkdir(dirname(join(home, place)), { recursive: true });
    await copyFile(join(CLIENT_FIXTURES, name), join(home, place));
  }
  const daemon = await fakeDaemon();
  const cwd = join(home, 'project');
  await mkdir(cwd);
  const env = {
    HOME: home,
    PATH: '/nowhere',
    LINEAR_TOKEN: 'CANARYlinear',
    BROWSER_TOKEN: 'CANARYbrowser',
    TRACE_ID: '7',
  };
  return {
    ...{ home, daemon, cwd },
    ctl: async (...argv: string[]) => {
      const { exitCode, stdout, stderr } = await daemon.ctl(argv, { cwd, env });
      return { exitCode, stderr, stdout, json: (stdout === '' ? {} : JSON.parse(stdout)) as Record<string, never> };
    },
    files: () => Promise.all(Object.values(places).map((place) => readFile(join(home, place), 'latin1'))),
    [Symbol.asyncDispose]: async () => {
      await daemon[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** The plan of `import --dry-run`, as JSON. */
export interface PlanJson {
  readonly servers: readonly {
    readonly name: string;
    readonly action: string;
    readonly from: readonly { readonly name: string }[];
  }[];
}
