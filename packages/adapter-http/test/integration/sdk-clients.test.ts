import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ClarityError, embeddedCaller, RawJson, type McpNotification, type McpRequest } from '@clarity-runtime/core';
import { stockClients, type Progress } from '../../../../test/support/stock-clients.ts';
import { startDaemon, type Daemon } from '../support/daemon.ts';

const TOKEN = 'correct-horse-battery-staple';
let daemon: Daemon;

beforeAll(async () => {
  daemon = await startDaemon();
  await daemon.runtime.services.start(embeddedCaller, await daemon.register('calc'));
});

beforeEach(() => {
  daemon.connector.calls.length = 0;
  daemon.connector.answer = ({ params }) => {
    const { a, b } = params.get('arguments')?.value as { readonly a: number; readonly b: number };
    const content = [{ type: 'text', text: String(a + b) }];
    return Promise.resolve({ result: RawJson.of({ content, structuredContent: { result: a + b } }) });
  };
});

afterAll(() => daemon[Symbol.asyncDispose]());

/** One progress notification of the call, with its token. */
function step({ params }: McpRequest, progress: number): McpNotification {
  const { progressToken } = params.get('_meta')?.value as { readonly progressToken: unknown };
  const said = { progressToken, progress, total: 3 };
  return {
    method: 'notifications/progress',
    params: new Map(Object.entries(said).map(([name, value]) => [name, RawJson.of(value)])),
  };
}

describe.each(stockClients)('%s', (name, connect) => {
  test('[mcp.tools-call] lists and calls tools at /mcp and /mcp/<service>', async () => {
    for (const [path, tool] of [
      ['/mcp', 'calc__add'],
      ['/mcp/calc', 'add'],
    ] as const) {
      const client = await connect(daemon.url + path);
      expect(await client.list()).toMatchObject([{ name: tool, description: 'Adds two numbers.' }]);
      const called = await client.call(tool, { a: 2, b: 3 });
      expect(called).toMatchObject({ content: [{ type: 'text', text: '5' }], structuredContent: { result: 5 } });
      await client.close();
    }
    expect(daemon.connector.calls).toHaveLength(2);
  });

  test('gets all progress notifications of a call before the result', async () => {
    daemon.connector.answer = (request, exchange) => {
      for (const now of [1, 2, 3]) exchange.onNotification(step(request, now));
      return Promise.resolve({ result: RawJson.of({ content: [] }) });
    };
    const client = await connect(`${daemon.url}/mcp`);
    const heard: Progress[] = [];
    await client.call('calc__add', {}, (progress) => {
      heard.push(progress);
    });
    expect(heard).toEqual([1, 2, 3].map((progress) => ({ progress, total: 3 })));
    await client.close();
  });

  test('gets a failed call as a result, and an unknown tool as an error', async () => {
    daemon.connector.answer = () => Promise.reject(new ClarityError('ARGUMENTS_INVALID', 'a must be a number'));
    const client = await connect(`${daemon.url}/mcp`);
    const refused = await client.call('calc__add', { a: 'x' });
    expect(refused.isError).toBe(true);
    expect(refused.content[0]?.text).toContain('a must be a number');
    await expect(client.call('nobody__add', {})).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining('unknown tool: nobody__add'),
    });
    daemon.connector.answer = () => Promise.resolve({ error: { code: 4711, message: 'own', data: [1] } });
    await expect(client.call('calc__add', {})).rejects.toMatchObject({ code: 4711, data: [1] });
    await client.close();
  });

  test('cannot connect to an unknown service, and gets the reason in the body', async () => {
    const why = name.includes('2026-07-28') ? 'did not offer pinned protocol version' : "service 'nobody' not found";
    await expect(connect(`${daemon.url}/mcp/nobody`)).rejects.toThrow(why);
  });

  test('is rejected without a token', async () => {
    await using guarded = await startDaemon({ token: TOKEN });
    await expect(connect(`${guarded.url}/mcp`)).rejects.toThrow();
    expect((await guarded.audited()).filter(({ kind }) => kind === 'service.tool_called')).toEqual([]);
  });
});
