import { describe, expect, test } from '@jest/globals';
import { clientConfigContract } from '@clarity-runtime/core/testing';
import { CLIENTS, temporaryUser } from './user.ts';

const kit = { describe, test, expect };
const containers: Readonly<Record<string, string>> = {
  vscode: 'servers',
  zed: 'context_servers',
  amp: 'amp.mcpServers',
  opencode: 'mcp',
  kilo: 'mcp',
  crush: 'mcp',
};
const TOML = new Set(['codex', 'grok']);
const YAML: Readonly<Record<string, string>> = { goose: 'extensions', hermes: 'mcp_servers' };
const STRICT = new Set(['claude', 'claude-desktop']);

const toml = {
  usual: '# mine\nmodel = "o3"\n\n[mcp_servers.other]\ncommand = "x" # keep\n',
  hopeless: [
    'model = \n',
    'a = 1\na = 2\n',
    'mcp_servers = 5\n',
    'mcp_servers = []\n',
    '[mcp_servers]\nclarity_gateway = "x"\n',
    '[[mcp_servers.clarity_gateway]]\ncommand = "x"\n',
  ],
};

const yaml = (servers: string) => ({
  usual: `# mine\nmodel: o3\n\n${servers}:\n    other: # keep\n        command: "x"\n\nlast: 1 # end\n`,
  hopeless: [
    'model: "\n',
    'a: 1\na: 2\n',
    '- 1\n',
    `${servers}: 5\n`,
    `${servers}: []\n`,
    `${servers}:\n  clarity_gateway: x\n`,
    'a: 1\n---\nb: 2\n',
  ],
});

function json(client: string) {
  const servers = containers[client] ?? 'mcpServers';
  const comment = STRICT.has(client) ? '' : ' // mine';
  return {
    usual: `{\n\t"big": 9007199254740993,${comment}\n\t"${servers}": {\n\t\t"other": { "command": "x" }\n\t}\n}\n`,
    hopeless: [
      '{ // my notes',
      '{"a": }',
      '[]',
      '"text"',
      `{"${servers}": []}`,
      `{"${servers}": null}`,
      `{"${servers}": "x"}`,
      `{"${servers}": {"clarity_gateway": 1}}`,
      `{"${servers}": {}, "${servers}": {}}`,
      ...(STRICT.has(client) ? ['{"a": 1, // mine\n"b": 2}', '{"a": 1,}'] : []),
    ],
  };
}

function formOf(client: string) {
  if (TOML.has(client)) return toml;
  const servers = YAML[client];
  return servers === undefined ? json(client) : yaml(servers);
}

for (const client of CLIENTS) {
  clientConfigContract(kit, client, async () => {
    const user = await temporaryUser();
    return {
      config: user.config(client),
      read: () => user.read(client),
      write: async (text) => {
        await user.write(client, text);
      },
      ...formOf(client),
    };
  });
}
