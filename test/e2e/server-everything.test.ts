import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { bridgeTo } from '../support/bridge.ts';
import { startClarityd, type Clarityd } from '../support/clarityd.ts';
import { temporaryWorkspace, type Workspace } from '../support/workspace.ts';

jest.setTimeout(120_000);

const { resolve } = createRequire(import.meta.url);
const SERVER = join(dirname(resolve('@modelcontextprotocol/server-everything/package.json')), 'dist/index.js');
const me = { name: 'stock', version: '1.0.0' };

type Args = Readonly<Record<string, unknown>>;

/** What the clients of both SDKs can do under the same names. */
type Asking = Pick<
  ClientV1,
  'listTools' | 'listResources' | 'listResourceTemplates' | 'readResource' | 'listPrompts' | 'getPrompt' | 'complete'
> & { close(): Promise<void> };

interface Whole extends Asking {
  call(name: string, args?: Args, onprogress?: (progress: { readonly progress: number }) => void): Promise<unknown>;
}

let workspace: Workspace;
let daemon: Clarityd;

beforeAll(async () => {
  workspace = await temporaryWorkspace();
  daemon = await startClarityd({ cwd: workspace.path });
  await daemon.json('add-process', 'all', '--', process.execPath, SERVER, 'stdio');
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

async function v1(transport: Parameters<ClientV1['connect']>[0]): Promise<ClientV1> {
  const client = new ClientV1(me);
  await client.connect(transport);
  return client;
}

const wholeV1 = async (transport: Parameters<ClientV1['connect']>[0]): Promise<Whole> => {
  const client = await v1(transport);
  const call: Whole['call'] = (name, args, onprogress) =>
    client.callTool({ name, arguments: args }, undefined, onprogress === undefined ? {} : { onprogress });
  return Object.assign(client, { call });
};

const wholeV2 = async (transport: Parameters<ClientV2['connect']>[0]): Promise<Whole> => {
  const client = new ClientV2(me, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  await client.connect(transport);
  const call: Whole['call'] = (name, args, onprogress) =>
    client.callTool({ name, arguments: args ?? {} }, onprogress === undefined ? {} : { onprogress });
  return Object.assign(client, { call }) as unknown as Whole;
};

const endpoint = (): URL => new URL(`${daemon.url}/mcp`);
const http = (): HttpV1 => new HttpV1(endpoint());
const bridge = () => bridgeTo(daemon, workspace.path);

test.each<[string, () => Promise<Whole>]>([
  ['SDK v1 over HTTP', () => wholeV1(http())],
  ['SDK v2 over HTTP', () => wholeV2(new HttpV2(endpoint()))],
  ['SDK v1 over the bridge', () => wholeV1(new StdioV1(bridge()))],
  ['SDK v2 over the bridge', () => wholeV2(new StdioV2(bridge()))],
])('the reference server works whole as a child process: %s', async (_, connect) => {
  const client = await connect();
  try {
    await checkTools(client);
    await checkContents(client);
  } finally {
    await client.close();
  }
});

async function checkTools(client: Whole): Promise<void> {
  const { tools } = await client.listTools();
  const names = tools.map(({ name }) => name).filter((name) => name.startsWith('all__'));
  expect(names.length).toBeGreaterThan(12);
  expect(names).toEqual(expect.arrayContaining(['all__echo', 'all__get-sum', 'all__trigger-long-running-operation']));
  expect(await client.call('all__echo', { message: 'hello' })).toMatchObject({ content: [{ text: 'Echo: hello' }] });
  expect(await client.call('all__get-sum', { a: 2, b: 3 })).toMatchObject({
    content: [{ text: 'The sum of 2 and 3 is 5.' }],
  });
  expect(await client.call('all__get-structured-content', { location: 'New York' })).toMatchObject({
    structuredContent: { temperature: 33, conditions: 'Cloudy', humidity: 82 },
  });
  expect(await client.call('all__get-tiny-image')).toMatchObject({
    content: expect.arrayContaining([expect.objectContaining({ type: 'image', mimeType: 'image/png' })]),
  });
  expect(await client.call('all__get-annotated-message', { messageType: 'error' })).toMatchObject({
    content: [{ annotations: { priority: 1, audience: ['user', 'assistant'] } }],
  });
  const reference = { resourceType: 'Text', resourceId: 2 };
  expect(await client.call('all__get-resource-reference', reference)).toMatchObject({
    content: expect.arrayContaining([
      expect.objectContaining({ type: 'resource', resource: expect.objectContaining({ mimeType: 'text/plain' }) }),
    ]),
  });
  expect(await client.call('all__get-sum', { a: 'two' })).toMatchObject({ isError: true });
  const steps: number[] = [];
  await client.call('all__trigger-long-running-operation', { duration: 0.3, steps: 3 }, ({ progress }) => {
    steps.push(progress);
  });
  expect(steps).toEqual([1, 2, 3]);
}

async function checkContents(client: Whole): Promise<void> {
  const { resources } = await client.listResources();
  expect(resources.length).toBeGreaterThan(3);
  const uri = resources[0]?.uri ?? '';
  expect((await client.readResource({ uri })).contents).toMatchObject([{ uri }]);
  const { resourceTemplates } = await client.listResourceTemplates();
  expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual(
    expect.arrayContaining(['demo://resource/dynamic/text/{resourceId}', 'demo://resource/dynamic/blob/{resourceId}']),
  );
  const dynamic = 'demo://resource/dynamic/blob/7';
  expect((await client.readResource({ uri: dynamic })).contents).toMatchObject([
    { uri: dynamic, blob: expect.any(String) },
  ]);
  const { prompts } = await client.listPrompts();
  expect(prompts.map(({ name }) => name)).toEqual(
    ['args', 'completable', 'resource', 'simple'].map((name) => `all__${name}-prompt`),
  );
  const prompt = await client.getPrompt({ name: 'all__args-prompt', arguments: { city: 'Bern' } });
  expect(JSON.stringify(prompt.messages)).toContain('Bern');
  const { completion } = await client.complete({
    ref: { type: 'ref/prompt', name: 'all__completable-prompt' },
    argument: { name: 'department', value: 'E' },
  });
  expect(completion.values).toEqual(['Engineering']);
}

test('log lines of the reference server reach a client that asks for them', async () => {
  const client = await v1(http());
  const heard = new Promise<string>((resolve) => {
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
      resolve(String(params.data));
    });
  });
  await client.setLoggingLevel('debug');
  await client.callTool({ name: 'all__toggle-simulated-logging' });
  expect(await heard).toMatch(/message/);
  await client.callTool({ name: 'all__toggle-simulated-logging' });
  await client.close();
});
