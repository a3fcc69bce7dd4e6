import { expect, test } from '@jest/globals';
import type { Era, Implementation } from '@clarity-runtime/core';
import type { Connection } from '@clarity-runtime/core/ports';
import { resultOf } from '../../support/speak.ts';
import { TestClient } from '../../support/test-client.ts';
import { withUpstream } from '../../support/with-upstream.ts';

const info = {
  name: 'books-server',
  version: '3.1.0',
  title: 'Books',
  websiteUrl: 'https://books.example',
  icons: [{ src: 'data:image/png;base64,AA==', mimeType: 'image/png' }],
};

async function withInfo(given: Implementation | undefined) {
  const upstreams = await withUpstream();
  const connect = upstreams.upstream.connect.bind(upstreams.upstream);
  upstreams.upstream.connect = async (service, events): Promise<Connection> => ({
    ...(await connect(service, events)),
    ...(given === undefined ? {} : { info: given }),
    instructions: 'Call open_ledger first.',
  });
  await upstreams.run('books');
  return upstreams.runtime;
}

/** Returns identity and instructions that a client of an endpoint gets. */
async function handshake(runtime: Awaited<ReturnType<typeof withInfo>>, era: Era, service?: string) {
  const client = new TestClient(runtime, { era, ...(service === undefined ? {} : { service }) });
  const method = era === 'legacy' ? 'initialize' : 'server/discover';
  const result = resultOf(await client.request(method, { protocolVersion: '2025-11-25' })) as {
    serverInfo?: Implementation;
    instructions?: string;
    _meta?: Record<string, Implementation>;
  };
  return { info: result.serverInfo ?? result._meta?.['io.modelcontextprotocol/serverInfo'], ...result };
}

for (const era of ['legacy', 'modern'] as const) {
  test(`M17 the endpoint of a service has the identity, icons, website and instructions of the service: ${era}`, async () => {
    const runtime = await withInfo(info);
    const own = await handshake(runtime, era, 'books');
    expect(own.info).toEqual(info);
    expect(own.instructions).toBe('Call open_ledger first.');
  });

  test(`M17 the shared endpoint has the identity of the runtime and names the service in its instructions: ${era}`, async () => {
    const runtime = await withInfo(info);
    const shared = await handshake(runtime, era);
    expect(shared.info?.name).toBe('clarity-runtime');
    expect(shared.info).not.toHaveProperty('websiteUrl');
    expect(shared.instructions).toContain('books: Call open_ledger first.');
  });

  test(`M17 a service without an identity has that of the runtime on its endpoint: ${era}`, async () => {
    expect((await handshake(await withInfo(undefined), era, 'books')).info?.name).toBe('clarity-runtime');
  });
}

test.each(['modern', 'legacy'] as const)('%s clients get one copy of a page until the tools change', async (era) => {
  const upstreams = await withUpstream();
  await upstreams.run('books');
  const list = async (): Promise<unknown> => {
    const reply = await new TestClient(upstreams.runtime, { era }).request('tools/list', {});
    return 'error' in reply ? reply : reply.result;
  };
  const first = await list();
  expect(await list()).toBe(first);
  await upstreams.run('others');
  expect(await list()).not.toBe(first);
});
