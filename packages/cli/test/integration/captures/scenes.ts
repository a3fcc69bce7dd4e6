const adding = (module: string): string => `module ${module}\n\nfunction add(a: Int64, b: Int64) -> Int64 { a + b }\n`;

/** Files of the folder in which the scenes run. */
export const files: Readonly<Record<string, string>> = {
  'tally.clarity': `module tally

// The sum of two whole numbers, which may be negative, and of nothing else that a person might want to have summed up.
export function sum(a: Int64, b: Int64) -> Int64 { a + b }

// Half of a whole number; what is left over is dropped.
export function half(a: Int64) -> Int64 { a / 2 }
`,
  'broken.clarity': 'module broken\n\nfunction twice(a: Int64) -> Int64 { a + "a" }\n',
  'many/one/one.clarity': adding('one'),
  'many/two/two.clarity': adding('two'),
  'many/three/three.clarity': 'module three\n\nfunction three() -> Int64 { four() }\n',
  'wrong.json': '{ "kind": "MCPService", "metadata": {} }',
  'home/.codex/config.toml': 'model = "some-model"\n',
  'home/.cursor/mcp.json': '{ "mcpServers": ',
};

// All commands in the order of a usual session. Each error case follows the success case of its command.
const typed: readonly string[] = [
  '--help',
  '--version',
  'lsit',
  'list --colour',
  'list',
  'status',
  'add tally',
  'add broken',
  'add nowhere',
  'add-all many --recursive',
  'add-all nowhere',
  'add-local --source tally.clarity --module tally --wasm .clarity/build/tally.wasm',
  'add-local tally.clarity',
  'start-source --source tally.clarity',
  'add-remote --endpoint http://127.0.0.1:1/mcp --module far',
  'stop far',
  'add-remote --module far',
  'add-process absent -- ./absent-program',
  'add-process absent',
  'apply -f wrong.json',
  'export',
  'list',
  'status',
  'stop tally',
  'stop taly',
  'start tally',
  'start far',
  'stop far',
  'restart tally',
  'introspect tally',
  'interface tally',
  'diff tally',
  'accept tally --yes',
  'explain tally__fn__sum',
  'explain tally__fn__some',
  'approvals list',
  'approvals approve nothing',
  'details tally --event-limit 4 --log-limit 4',
  'details far --event-limit 1 --log-limit 1',
  'logs tally --limit 3',
  'logs tally --limit many',
  'events tally --limit 3',
  'audit --limit 4',
  'audit verify',
  'audit verify --expect 00',
  'audit export --kind service.stopped --format csv',
  'audit forget',
  'unquarantine tally',
  'policy show tally',
  'policy test tally fn__sum',
  'policy forget tally',
  'auth providers',
  'auth validate env:NOT_SET',
  'auth list-secrets',
  'auth delete-secret',
  'bootstrap status',
  'bootstrap --clients codex --transport http --dry-run',
  'bootstrap --clients codex,cursor --transport http',
  'bootstrap-remove --clients codex',
  'gateway serve',
  'doctor',
  'doctor --config',
  'trust',
  'trust nothing',
  'completion bash',
  'completion tcsh',
  'remove tally --yes',
  'remove tally --yes',
  'list --daemon-url http://127.0.0.1:1',
  'daemon status',
  'daemon stop',
  'daemon status',
];

/** The typed commands, split into words. */
export const scenes: readonly { readonly argv: readonly string[] }[] = typed.map((line) => ({ argv: line.split(' ') }));
