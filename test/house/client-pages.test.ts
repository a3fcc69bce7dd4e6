import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { bootstrapClients, fsClientConfigs } from '@clarity-runtime/adapter-store-fs';
import type { ClientChange, ClientConfig, GatewayEntry } from '@clarity-runtime/core/ports';
import { format, resolveConfig } from 'prettier';
import { readText, root } from './workspace-files.ts';

const FOLDER = 'docs/tutorials/clients';
const STDIO: GatewayEntry = { transport: 'stdio', command: 'clarityctl', args: ['gateway', 'serve', '--stdio'] };
const HTTP: GatewayEntry = { transport: 'http', url: 'http://localhost:4707/mcp' };
const NAMES: Readonly<Record<string, string>> = {
  codex: 'Codex',
  claude: 'Claude Code',
  'claude-desktop': 'Claude Desktop',
  cursor: 'Cursor',
  vscode: 'VS Code',
  gemini: 'Gemini CLI',
  windsurf: 'Windsurf',
  zed: 'Zed',
  copilot: 'Copilot CLI',
  qwen: 'Qwen Code',
  opencode: 'OpenCode',
  kilo: 'Kilo Code',
  kiro: 'Kiro',
  cline: 'Cline',
  roo: 'Roo Code',
  junie: 'Junie',
  lmstudio: 'LM Studio',
  amp: 'Amp',
  crush: 'Crush',
  warp: 'Warp',
  grok: 'Grok CLI',
  goose: 'Goose',
  hermes: 'Hermes',
};

test('each client has a page', async () => {
  const pages = (await readdir(join(root, FOLDER))).filter((name) => name !== 'README.md');
  expect(pages.sort()).toEqual(bootstrapClients.map((client) => `${client}.md`).sort());
});

/** After a change of the table of clients: `UPDATE_GENERATED=1 npm test -- test/house/client-pages`. */
test.each(bootstrapClients)('the page of %s shows the files and the entries that bootstrap writes', async (client) => {
  const path = `${FOLDER}/${client}.md`;
  const options = await resolveConfig(join(root, path));
  const generated = await format(await pageOf(client), { ...options, parser: 'markdown' });
  if (process.env['UPDATE_GENERATED'] === '1') await writeFile(join(root, path), generated);
  expect(await readText(path)).toBe(generated);
});

async function pageOf(client: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'clarity-clients-'));
  try {
    const configs = fsClientConfigs({ home, platform: 'linux', env: {}, project: join(home, 'project') });
    const config = configs.find((one) => one.client === client);
    if (config === undefined) throw new Error(client);
    return await textOf(config, home);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function textOf(config: ClientConfig, home: string): Promise<string> {
  const { client, scopes, transports } = config;
  const name = NAMES[client] ?? client;
  const preview = (entry: GatewayEntry): Promise<ClientChange> => config.put(entry, { scope: 'user', dryRun: true });
  const stdio = await preview(STDIO);
  const shown = (path: string): string => path.replace(join(home, 'project'), '<project>').replace(home, '~');
  const language = /\.(\w+)$/.exec(stdio.path)?.[1]?.replace(/^jsonc?$/, 'json') ?? '';
  const block = ({ entry }: ClientChange): string[] => ['```' + language, entry.trimEnd(), '```', ''];
  const isProject = scopes.includes('project');
  const lines = [
    `# ${name}`,
    '',
    `Connect ${name} to the gateway, so that it has the tools of all your services. The daemon runs: \`clarityctl up\`.`,
    '',
    '```sh',
    `clarityctl bootstrap --clients ${client} --dry-run     # shows the change`,
    `clarityctl bootstrap --clients ${client}`,
    '```',
    '',
    `Then: ${stdio.next}. Its file on Linux is \`${shown(stdio.path)}\`; [clients](../../reference/clients.md) has the places on other systems.`,
    ...(isProject ? [`With \`--scope project\` it is \`${shown((await config.state('project')).path)}\`.`] : []),
    '',
    '## What is written',
    '',
    `${name} starts the bridge to the daemon:`,
    '',
    ...block(stdio),
    ...(transports.includes('http')
      ? ['With `--transport http` it connects to the daemon itself:', '', ...block(await preview(HTTP))]
      : [`${name} knows no remote servers in this file, so \`--transport http\` is refused.`, '']),
    'All other bytes of the file stay. A token is named by its variable and never written.',
    '',
    '## Bring the servers that it has',
    '',
    '```sh',
    `clarityctl import --from ${client} --dry-run`,
    `clarityctl import --from ${client} --rewire     # moves them into the daemon, and connects ${name}`,
    'clarityctl import undo                   # restores the file byte for byte',
    '```',
    '',
    '## Check and undo',
    '',
    '```sh',
    'clarityctl bootstrap status',
    `clarityctl bootstrap-remove --clients ${client}`,
    '```',
    '',
  ];
  return lines.join('\n');
}
