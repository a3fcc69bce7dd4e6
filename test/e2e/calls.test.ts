import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startClarityd, type Clarityd } from '../support/clarityd.ts';
import { KITCHEN_SINK } from '../support/kitchen-sink.ts';
import { connectStock, stockClients, type CalledTool, type StockClient } from '../support/stock-clients.ts';
import { temporaryWorkspace, type Workspace } from '../support/workspace.ts';

let workspace: Workspace;
let daemon: Clarityd;

beforeAll(async () => {
  workspace = await temporaryWorkspace();
  await workspace.write('sink.clarity', KITCHEN_SINK);
  daemon = await startClarityd({ cwd: workspace.path, env: { CLARITY_LOCAL_FN_TIMEOUT_MS: '500' } });
  await daemon.json('add', 'sink');
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

const textOf = ({ content }: CalledTool): string => content[0]?.text ?? '';

describe.each(stockClients)('%s', (_, connect) => {
  let client: StockClient;
  let alone: StockClient;

  beforeAll(async () => {
    client = await connect(`${daemon.url}/mcp`);
    alone = await connect(`${daemon.url}/mcp/sink`);
  });

  afterAll(async () => {
    await client.close();
    await alone.close();
  });

  const call = (name: string, args: Record<string, unknown>): Promise<CalledTool> =>
    client.call(`sink__fn__${name}`, args);

  test('[progress.functions-discovered] functions are listed with names, types and comments', async () => {
    const tools = await client.list();
    const greet = tools.find(({ name }) => name === 'sink__fn__greet');
    expect(greet).toMatchObject({
      description: expect.stringContaining('Greets a person by name.'),
      inputSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
      outputSchema: { type: 'object', properties: { result: { type: 'string' } } },
    });
    const own = await alone.list();
    expect(own.map(({ name }) => name)).toContain('fn__greet');
  });

  test('[local.tool-name] [local.execution] [mcp.tools-call] [progress.in-process-wasm] functions map texts and lists', async () => {
    const greeted = await call('greet', { name: 'Zoë 漢字 👍' });
    expect(greeted).toMatchObject({ structuredContent: { result: 'Hello, Zoë 漢字 👍' } });
    expect(greeted.isError ?? false).toBe(false);
    expect((await call('join', { texts: ['a', '', 'c'], separator: ', ' })).structuredContent).toEqual({
      result: 'a, , c',
    });
    expect((await call('doubled', { numbers: [1, 2, 3] })).structuredContent).toEqual({ result: [2, 4, 6] });
    expect((await alone.call('fn__add', { a: 2, b: 3 })).structuredContent).toEqual({ result: 5 });
  });

  test('integers beyond 2^53 are exact in arguments and results', async () => {
    const { structuredContent, ...called } = await call('add', { a: '9007199254740993', b: 0 });
    expect(structuredContent).toEqual({ result: '9007199254740993' });
    expect(textOf(called)).toContain('9007199254740993');
    expect((await call('add', { a: '9223372036854775806', b: 1 })).structuredContent).toEqual({
      result: '9223372036854775807',
    });
  });

  test('Ok is the result, Err is a tool error with its text', async () => {
    expect((await call('share', { cents: 1000, people: 3 })).structuredContent).toEqual({ result: 333 });
    const refused = await call('share', { cents: 1000, people: 0 });
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toContain('no guests to share with');
  });

  test('an invalid argument is a tool error with its name', async () => {
    const refused = await call('greet', { name: 7 });
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toContain('name');
  });

  test('a trap, an endless loop and a memory bomb are tool errors, and the next call succeeds', async () => {
    for (const [name, args] of [
      ['divide', { a: 1, b: 0 }],
      ['forever', { n: 0 }],
      ['explode', { text: 'boom' }],
    ] as const) {
      expect((await call(name, args)).isError).toBe(true);
      expect((await call('add', { a: 1, b: 1 })).structuredContent).toEqual({ result: 2 });
    }
    expect((await fetch(`${daemon.url}/healthz`)).status).toBe(200);
  });
});

test('the daemon responds to other requests while endless loops run', async () => {
  const loops = [1, 2, 3, 4].map(() => callOnce('forever', { n: 0 }));
  const { summary } = await daemon.json('status');
  expect(summary).toMatchObject({ running: 1 });
  for (const called of await Promise.all(loops)) expect(called.isError).toBe(true);
});

test('/metrics of the daemon reports calls, worker threads and the journal', async () => {
  await callOnce('add', { a: 1, b: 1 });
  const text = await (await fetch(`${daemon.url}/metrics`)).text();
  const value = (series: string): number =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.slice(series.length),
    );
  expect(value('clarity_calls_total{service="sink",outcome="ok"}')).toBeGreaterThan(0);
  expect(value('clarity_call_duration_seconds_bucket{service="sink",le="+Inf"}')).toBeGreaterThan(0);
  expect(value('clarity_wasm_workers')).toBeGreaterThan(0);
  expect(value('clarity_wasm_workers_wedged')).toBe(0);
  expect(value('clarity_journal_bytes')).toBeGreaterThan(0);
  expect(value('clarity_journal_last_sequence')).toBeGreaterThan(0);
});

test('T-238 log lines of a service reach the terminal without escape sequences', async () => {
  await callOnce('note', { text: 'here \u001b]52;c;aGk=\u0007 it is' });
  const { stdout } = await daemon.ctl('logs', 'sink');
  expect(stdout).toContain('here \\x1b]52;c;aGk=\\x07 it is\n');
  expect(stdout).not.toContain('\u001b');
  expect(stdout).not.toContain('\u0007');
});

async function callOnce(name: string, args: Record<string, unknown>): Promise<CalledTool> {
  const client = await connectStock(`${daemon.url}/mcp`);
  try {
    return await client.call(`sink__fn__${name}`, args);
  } finally {
    await client.close();
  }
}
