import { expect, test } from '@jest/globals';
import { ApiClient } from '../../src/api/api-client.ts';
import { McpClient } from '../../src/api/mcp-client.ts';
import { candidates } from '../../src/command-support/completion-candidates.ts';
import { commands } from '../../src/commands/command-table.ts';
import { openStage, type Stage } from './captures/stage.ts';

const PATIENCE_MS = 120_000;

const SERVER = `
import { createInterface } from 'node:readline';
const tools = [
  { name: 'read_file', description: 'Reads a file. More.', inputSchema: { type: 'object', properties: { path: { type: 'string', description: 'path of the file' }, n: { type: 'integer' } }, required: ['path'] } },
  { name: 'slow', description: 'Waits.', inputSchema: { type: 'object' } },
  { name: 'fail', inputSchema: { type: 'object' } },
  { name: 'picture', inputSchema: { type: 'object' } },
  { name: 'ask', inputSchema: { type: 'object' } },
];
let asking;
const send = (body) => console.log(JSON.stringify({ jsonrpc: '2.0', ...body }));
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params, result, error } = JSON.parse(line);
  if (method === undefined) return send({ id: asking, result: { content: [{ type: 'text', text: JSON.stringify(result ?? error) }], isError: error !== undefined } });
  if (method === 'notifications/cancelled') console.error('cancelled by the client');
  if (id === undefined) return;
  if (method === 'initialize') return send({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'files', version: '1' } } });
  if (method === 'tools/list') return send({ id, result: { tools } });
  if (method !== 'tools/call') return send({ id, error: { code: -32601, message: 'unknown' } });
  const content = (part, more = {}) => send({ id, result: { content: [part], ...more } });
  if (params.name === 'read_file') return content({ type: 'text', text: JSON.stringify(params.arguments) });
  if (params.name === 'fail') return content({ type: 'text', text: 'it failed' }, { isError: true });
  if (params.name === 'ask') {
    asking = id;
    const requestedSchema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
    return send({ id: 'question-1', method: 'elicitation/create', params: { message: 'Who?', requestedSchema } });
  }
  if (params.name === 'picture') return content({ type: 'image', mimeType: 'image/png', data: 'AAAA' });
  send({ method: 'notifications/progress', params: { progressToken: params._meta.progressToken, progress: 1, total: 4, message: 'reading' } });
  if (params.arguments.forever !== true) setTimeout(() => content({ type: 'text', text: 'done' }), 50);
});
`;

const BAD = `console.error('Starting'); console.error('Error: GITHUB_TOKEN is required'); process.exit(1);`;

async function stageWithFiles(): Promise<Stage> {
  const stage = await openStage({ 'server.mjs': SERVER, 'bad.mjs': BAD });
  const added = await stage.ctl(['add-process', 'files', '--', process.execPath, 'server.mjs']);
  expect(added).toMatchObject({ exitCode: 0 });
  return stage;
}

test(
  '[first-hour.34] call, inspect, tools and cost use a tool as a client of /mcp',
  async () => {
    await using stage = await stageWithFiles();
    const call = (...words: string[]) => stage.ctl(['call', ...words]);
    expect(await call('files', 'read_file', 'path=/a', 'n=3')).toEqual({
      exitCode: 0,
      stdout: '{"path":"/a","n":3}\n',
      stderr: '',
    });
    expect((await call('files__read_file', 'path=3', 'n:=3')).stdout).toBe('{"path":"3","n":3}\n');
    expect((await call('files/read_file', '--args', '{"path":"x"}')).stdout).toBe('{"path":"x"}\n');
    expect(await call('files/read_file', 'pth=/a')).toMatchObject({
      exitCode: 2,
      stderr: "error: unknown argument 'pth', did you mean 'path'?\nhint: arguments: path, n\n",
    });
    expect(await call('files/fail')).toMatchObject({ exitCode: 1, stdout: 'it failed\n' });
    expect(await call('files/slow')).toMatchObject({
      exitCode: 0,
      stdout: 'done\n',
      stderr: 'progress 25%: reading\n',
    });
    expect((await call('files/picture')).stdout).toBe('image image/png, 3 bytes (--out <folder> writes it)\n');
    expect(JSON.parse((await call('files/slow', '-o', 'json')).stdout)).toMatchObject({ content: [{ text: 'done' }] });
    expect(JSON.parse((await call('files/read_file', 'path=/a', '--dry-run')).stdout)).toEqual({
      method: 'tools/call',
      params: { name: 'read_file', arguments: { path: '/a' } },
      service: 'files',
    });
    expect(await call('files/slow', '--args', '{"forever":true}', '--timeout', '1')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('no reply within 1 s, the call was cancelled'),
    });
    expect((await stage.ctl(['logs', 'files', '--grep', 'cancelled'])).stdout).toContain('cancelled by the client');
    const help = await stage.ctl(['call', 'files/read_file', '--help'], { columns: 80 });
    expect(help.stdout).toMatch(
      /^read_file of files\nReads a file\. More\.\n\nARGUMENT +TYPE +NEEDED +DESCRIPTION\npath +string +yes +path of the file\n/,
    );
    expect(help.stdout).toContain('call it: `clarityctl call files/read_file path=<text>`');
    expect((await stage.ctl(['inspect', 'files/raed_file'])).stderr).toContain(
      "unknown tool 'raed_file' of files, did you mean 'read_file'?",
    );
    expect((await stage.ctl(['tools', 'files', '-o', 'name'])).stdout.trim().split('\n').sort()).toEqual([
      'ask',
      'fail',
      'picture',
      'read_file',
      'slow',
    ]);
    const cost = JSON.parse((await stage.ctl(['cost'])).stdout) as {
      services: { name: string; tools: number; tokens: number }[];
    };
    expect(cost.services.find(({ name }) => name === 'files')).toMatchObject({ tools: 5, tokens: expect.any(Number) });
  },
  PATIENCE_MS,
);

test(
  'a question of a service is answered by the client that can, and refused without a terminal',
  async () => {
    await using stage = await stageWithFiles();
    const asked: unknown[] = [];
    await using client = await McpClient.open({
      endpoint: new URL(`${stage.url}/mcp/files`),
      onQuestion: (params) => {
        asked.push(params['message']);
        return Promise.resolve({ action: 'accept', content: { name: 'Ada' } });
      },
    });
    const result = await client.request('tools/call', { name: 'ask', arguments: {} });
    expect(result).toMatchObject({ content: [{ text: '{"action":"accept","content":{"name":"Ada"}}' }] });
    expect(asked).toEqual(['files asks: Who?']);
    expect((await stage.ctl(['call', 'files/ask'])).exitCode).toBe(1);
    const curl = await stage.ctl(['call', 'files/read_file', 'path=/a', '--curl']);
    expect(curl.stdout).toContain(`'${stage.url}/mcp/files'`);
  },
  PATIENCE_MS,
);

test(
  'a failed start ends with the line that matters and the command that repairs it',
  async () => {
    await using stage = await stageWithFiles();
    const { exitCode, stderr } = await stage.ctl(['add-process', 'bad', '--', process.execPath, 'bad.mjs'], {
      columns: 80,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('the process exited with code 1: Error: GITHUB_TOKEN is required\n');
    expect(stderr).toContain('clarityctl set bad env.GITHUB_TOKEN=@-');
    const list = await stage.ctl(['list', '--sort', 'name'], { columns: 80 });
    expect(list.stdout).toMatch(/^NAME +STATUS +TOOLS +UPTIME +FROM\nbad +failing.*\nfiles +ready/);
    expect((await stage.ctl(['list', '--status', 'failing', '-o', 'name'])).stdout).toBe('bad\n');
    expect((await stage.ctl(['list', 'f*', '-o', 'jsonpath={.items[*].namespace}'])).stdout).toBe('files\n');
  },
  PATIENCE_MS,
);

test(
  '[first-hour.37] T-441 completion returns names of services, tools and arguments, and prints nothing without a daemon',
  async () => {
    await using stage = await stageWithFiles();
    const api = new ApiClient({ daemonUrl: new URL(stage.url) });
    const complete = async (...words: readonly string[]): Promise<readonly string[]> =>
      (await candidates(commands, words, { api }, PATIENCE_MS)).map(({ text, describe = '' }) => `${text} ${describe}`);
    expect(await complete('call', 'files', 'r')).toEqual(['read_file Reads a file. More.']);
    expect(await complete('call', 'files', 'read_file', 'p')).toEqual(['path= path of the file']);
    expect(await complete('call', 'files/p')).toEqual(['files/picture ']);
    expect(await complete('restart', '')).toEqual(['files RUNNING']);
    expect(await complete('list', '-o', 'y')).toEqual(['yaml ']);
    const printed = async (...words: readonly string[]): Promise<string> =>
      (await stage.ctl(['__complete', '--daemon-url', 'http://127.0.0.1:1', '--', ...words])).stdout;
    expect(await printed('list', '--so')).toBe('--sort\tname, status, tools, uptime\n');
    expect(await printed('expl')).toMatch(/^explain\t/);
    expect(await printed('call', 'files', 'r')).toBe('');
  },
  PATIENCE_MS,
);
