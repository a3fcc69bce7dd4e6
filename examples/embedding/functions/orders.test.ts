import { expect, test } from '@jest/globals';
import { createClientTransport } from '@clarity-runtime/adapter-sdk';
import { embeddedCaller } from '@clarity-runtime/core';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ordersRuntime } from './orders.ts';

test('an application offers its functions as tools, a resource and a prompt', async () => {
  const orders = new Map(['a', 'b', 'c'].map((id, total) => [id, { id, total }]));
  await using runtime = await ordersRuntime(orders);
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(createClientTransport(runtime, embeddedCaller, { service: 'orders' }));

  expect(client.getInstructions()).toContain('Read an order');
  expect(await client.callTool({ name: 'get', arguments: { id: 'b' } })).toMatchObject({
    structuredContent: { id: 'b', total: 1 },
  });
  const unknown = await client.callTool({ name: 'get', arguments: { id: 'z' } });
  expect(unknown).toMatchObject({ isError: true });
  expect(JSON.stringify(unknown.content)).toContain("there is no order 'z'");
  expect(await client.readResource({ uri: 'orders://open' })).toMatchObject({
    contents: [{ mimeType: 'application/json', text: expect.stringContaining('"id":"a"') }],
  });
  await expect(client.getPrompt({ name: 'review' })).rejects.toThrow("argument 'id' is required");
  expect(await client.getPrompt({ name: 'review', arguments: { id: 'a' } })).toMatchObject({
    messages: [{ role: 'user', content: { text: expect.stringContaining('Read order a') } }],
  });
  const heard: unknown[] = [];
  const options = {
    onprogress: ({ progress, total }: { progress: number; total?: number | undefined }) =>
      heard.push([progress, total]),
  };
  await client.callTool({ name: 'cancel_all' }, undefined, options);
  expect(heard).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
  expect(orders.size).toBe(0);
  await client.close();
});
