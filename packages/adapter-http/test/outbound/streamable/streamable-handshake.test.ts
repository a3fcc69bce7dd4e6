import { expect, test } from '@jest/globals';
import { httpConnector } from '../../../src/index.ts';
import { json, mcpUpstream, type Handle } from '../../support/mcp-upstream.ts';
import { connectTo, listener, remoteService } from '../../support/remote-service.ts';

test.each([400, 404, 405, 406, 415])('status %i for server/discover leads to initialize', async (status) => {
  const handle: Handle = ({ method }, response) =>
    method === 'server/discover' && !!response.writeHead(status).end('no');
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  const connection = await connectTo(upstream.url);
  expect(connection).toMatchObject({ era: 'legacy', revision: '2025-11-25', instructions: 'Ask.' });
  await connection.close('done');
});

test('the detected era is cached until eraHorizonMs', async () => {
  await using upstream = await mcpUpstream({ era: 'legacy' });
  const asked = () => upstream.received.filter(({ method }) => method === 'server/discover').length;
  const connector = httpConnector();
  const forgetful = httpConnector({ limits: { eraHorizonMs: 0 } });
  const connect = async (each: typeof connector): Promise<void> => {
    const connection = await each.connect(remoteService(upstream.url), listener(), new AbortController());
    await connection.close('done');
  };
  await connect(connector);
  await connect(connector);
  expect(asked()).toBe(1);
  await connect(forgetful);
  await connect(forgetful);
  expect(asked()).toBe(3);
});

test('a service that becomes modern is detected in spite of the cached era', async () => {
  const legacy = await mcpUpstream({ era: 'legacy' });
  const connector = httpConnector();
  const signal = new AbortController().signal;
  await (await connector.connect(remoteService(legacy.url), listener(), { signal })).close('done');
  await legacy[Symbol.asyncDispose]();
  await using modern = await mcpUpstream({ era: 'modern', port: legacy.port });
  const connection = await connector.connect(remoteService(modern.url), listener(), { signal });
  expect(connection.era).toBe('modern');
  await connection.close('done');
});

test('an unsupported protocol version is rejected with its name', async () => {
  const handle: Handle = ({ method, id }, response) => {
    if (method !== 'initialize') return false;
    json(response, 200, { jsonrpc: '2.0', id, result: { protocolVersion: '2026-07-28\u001b[2J', capabilities: {} } });
    return true;
  };
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  await expect(connectTo(upstream.url)).rejects.toThrow("version '2026-07-28'");
});
