import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { GatewayEntry } from '@clarity-runtime/core/ports';
import { CLIENTS, temporaryUser } from './user.ts';

const target = { scope: 'user' } as const;
const args = ['gateway', 'serve', '--stdio'];
const stdio: GatewayEntry = { transport: 'stdio', command: 'clarityctl', args, tokenVariable: 'TOKEN' };
const http: GatewayEntry = { transport: 'http', url: 'http://localhost:4707/mcp', tokenVariable: 'TOKEN' };

const bearer = (reference: string) => ({ headers: { Authorization: `Bearer ${reference}` } });
const { url } = http;
const command = { command: 'clarityctl', args };

describe('put writes the entry in the format of', () => {
  test.each([
    ['claude', { ...command, env: { TOKEN: '${TOKEN}' } }, { type: 'http', url, ...bearer('${TOKEN}') }],
    ['claude-desktop', command, undefined],
    ['cursor', { ...command, env: { TOKEN: '${env:TOKEN}' } }, { url, ...bearer('${env:TOKEN}') }],
    [
      'vscode',
      { type: 'stdio', ...command, env: { TOKEN: '${env:TOKEN}' } },
      { type: 'http', url, ...bearer('${env:TOKEN}') },
    ],
    ['gemini', { ...command, env: { TOKEN: '${TOKEN}' } }, { httpUrl: url, ...bearer('${TOKEN}') }],
    ['windsurf', { ...command, env: { TOKEN: '${env:TOKEN}' } }, { serverUrl: url, ...bearer('${env:TOKEN}') }],
    ['zed', command, undefined],
    [
      'copilot',
      { type: 'local', ...command, env: { TOKEN: '${TOKEN}' }, tools: ['*'] },
      { type: 'http', url, ...bearer('${TOKEN}'), tools: ['*'] },
    ],
    ['qwen', { ...command, env: { TOKEN: '${TOKEN}' } }, { httpUrl: url, ...bearer('${TOKEN}') }],
    [
      'opencode',
      { type: 'local', command: ['clarityctl', ...args], environment: { TOKEN: '{env:TOKEN}' }, enabled: true },
      { type: 'remote', url, ...bearer('{env:TOKEN}'), enabled: true },
    ],
    ['kiro', { ...command, env: { TOKEN: '${TOKEN}' } }, { url, ...bearer('${TOKEN}') }],
    ['cline', command, undefined],
    [
      'roo',
      { ...command, env: { TOKEN: '${env:TOKEN}' } },
      { type: 'streamable-http', url, ...bearer('${env:TOKEN}') },
    ],
    ['lmstudio', { ...command, env: { TOKEN: '${env:TOKEN}' } }, { url, ...bearer('${env:TOKEN}') }],
    ['amp', { ...command, env: { TOKEN: '${TOKEN}' } }, { url, ...bearer('${TOKEN}') }],
    ['crush', { type: 'stdio', ...command, env: { TOKEN: '$TOKEN' } }, { type: 'http', url, ...bearer('$TOKEN') }],
    ['warp', command, undefined],
  ])('%s', async (client, wantedStdio, wantedHttp) => {
    const user = await temporaryUser();
    const config = user.config(client);
    const entry = async (): Promise<unknown> => {
      const [servers] = Object.values(JSON.parse((await user.read(client)) ?? '') as Record<string, unknown>);
      return (servers as Record<string, unknown>)['clarity_gateway'];
    };
    await config.put(stdio, target);
    expect(await entry()).toEqual(wantedStdio);
    if (wantedHttp === undefined) {
      expect(() => config.put(http, target)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    } else {
      await config.put(http, target);
      expect(await entry()).toEqual(wantedHttp);
    }
  });
  test('[bootstrap.codex] codex', async () => {
    const user = await temporaryUser();
    await user.config('codex').put(stdio, target);
    const head = '[mcp_servers.clarity_gateway]\n';
    expect(await user.read('codex')).toBe(
      `${head}command = "clarityctl"\nargs = ["gateway", "serve", "--stdio"]\nenv_vars = ["TOKEN"]\n`,
    );
    await user.config('codex').put(http, target);
    expect(await user.read('codex')).toBe(`${head}url = "${url}"\nbearer_token_env_var = "TOKEN"\n`);
  });
});

test('put writes the entry in YAML', async () => {
  const user = await temporaryUser();
  await user.config('goose').put(stdio, target);
  expect(await user.read('goose')).toBe(
    [
      'extensions:',
      '  clarity_gateway:',
      '    type: "stdio"',
      '    name: "clarity_gateway"',
      '    enabled: true',
      '    timeout: 300',
      '    cmd: "clarityctl"',
      '    args: ["gateway","serve","--stdio"]',
      '',
    ].join('\n'),
  );
});

test('an existing file of another place is edited in place of a new one', async () => {
  const user = await temporaryUser();
  const path = join(user.home, '.config', 'opencode', 'opencode.jsonc');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '{ /* mine */ }');
  expect((await user.config('opencode').put(stdio, target)).path).toBe(path);
});

test('state has the path of each client on Linux, macOS, Windows and with changed home variables', async () => {
  const pathsOf = async (platform: NodeJS.Platform, env: Record<string, string> = {}): Promise<readonly string[]> => {
    const user = await temporaryUser({ platform, env });
    return Promise.all(CLIENTS.map(async (client) => (await user.pathOf(client)).replace(user.home, '~')));
  };
  expect(await pathsOf('linux')).toEqual([
    '~/.codex/config.toml',
    '~/.claude.json',
    '~/.config/Claude/claude_desktop_config.json',
    '~/.cursor/mcp.json',
    '~/.config/Code/User/mcp.json',
    '~/.gemini/settings.json',
    '~/.codeium/windsurf/mcp_config.json',
    '~/.config/zed/settings.json',
    '~/.copilot/mcp-config.json',
    '~/.qwen/settings.json',
    '~/.config/opencode/opencode.json',
    '~/.config/kilo/kilo.json',
    '~/.kiro/settings/mcp.json',
    '~/.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json',
    '~/.config/Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json',
    '~/.junie/mcp/mcp.json',
    '~/.lmstudio/mcp.json',
    '~/.config/amp/settings.json',
    '~/.config/crush/crush.json',
    '~/.warp/.mcp.json',
    '~/.grok/config.toml',
    '~/.config/goose/config.yaml',
    '~/.hermes/config.yaml',
  ]);
  const mac = await pathsOf('darwin');
  expect([mac[2], mac[4], mac[7]]).toEqual([
    '~/Library/Application Support/Claude/claude_desktop_config.json',
    '~/Library/Application Support/Code/User/mcp.json',
    '~/.config/zed/settings.json',
  ]);
  expect((await pathsOf('win32', { APPDATA: '/data' }))[2]).toBe('/data/Claude/claude_desktop_config.json');
  const moved = await pathsOf('linux', { CODEX_HOME: '/c', CLAUDE_CONFIG_DIR: '/d', XDG_CONFIG_HOME: '/x' });
  expect(moved.slice(0, 3)).toEqual(['/c/config.toml', '/d/.claude.json', '/x/Claude/claude_desktop_config.json']);
});
