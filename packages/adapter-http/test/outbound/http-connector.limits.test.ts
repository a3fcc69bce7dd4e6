import { expect, test } from '@jest/globals';
import { embeddedCaller, type RemoteMcpOrigin } from '@clarity-runtime/core';
import { mcpUpstream } from '../support/mcp-upstream.ts';
import { callThrough, outcomeOf, remoteRuntime, type RemoteRuntime } from '../support/recovering.ts';
import { remoteManifest } from '../support/remote-service.ts';

/** Registers a remote service with the knobs that `add-remote` writes into its origin. */
async function withKnobs(remote: RemoteRuntime, endpoint: string, knobs: Partial<RemoteMcpOrigin>): Promise<string> {
  const { service } = await remote.runtime.services.apply(embeddedCaller, remoteManifest(endpoint, knobs));
  await remote.runtime.services.start(embeddedCaller, service.serviceId);
  return service.serviceId;
}

test('[knob.timeout-ms] a request that takes longer than timeoutMs is aborted', async () => {
  await using upstream = await mcpUpstream({ era: 'modern' });
  await using remote = await remoteRuntime();
  await withKnobs(remote, upstream.url, { timeoutMs: 150 });
  expect(outcomeOf(await callThrough(remote.runtime, 'remote__hang'))).toContain('nothing came for 150 ms');
});

test('[knob.allow-tools] only the tools in allowedTools are listed and called', async () => {
  await using upstream = await mcpUpstream({ era: 'modern' });
  await using remote = await remoteRuntime();
  await withKnobs(remote, upstream.url, { allowedTools: ['echo'] });
  const peer = remote.runtime.gateway.open({ caller: embeddedCaller, era: 'legacy', revision: '2025-11-25' });
  const listed = await peer.request(
    { method: 'tools/list', params: new Map() },
    { signal: new AbortController().signal, send: () => undefined, ask: () => Promise.reject(new Error('no')) },
  );
  const { tools } = ('result' in listed ? listed.result.value : {}) as { tools: { name: string }[] };
  expect(tools.map(({ name }) => name)).toEqual(['remote__echo']);
  expect(outcomeOf(await callThrough(remote.runtime, 'remote__count'))).toContain('is not in allowTools');
  expect(outcomeOf(await callThrough(remote.runtime, 'remote__echo', { text: 'x' }))).toBe('x');
  expect(upstream.received.filter(({ method }) => method === 'tools/call')).toHaveLength(1);
});

test('[knob.max-payload-bytes] requests and replies above maxPayloadBytes are rejected', async () => {
  await using upstream = await mcpUpstream({ era: 'modern' });
  await using remote = await remoteRuntime();
  await withKnobs(remote, upstream.url, { maxPayloadBytes: 2048 });
  const large = outcomeOf(await callThrough(remote.runtime, 'remote__echo', { text: 'x'.repeat(4096) }));
  expect(large).toContain('maxRequestBytes of spec.policy is 2048');
  expect(upstream.received.filter(({ method }) => method === 'tools/call')).toEqual([]);
  expect(outcomeOf(await callThrough(remote.runtime, 'remote__bytes', { n: 4096 }))).toContain(
    'the payload is too large',
  );
  expect(outcomeOf(await callThrough(remote.runtime, 'remote__bytes', { n: 100 }))).toBe('x'.repeat(100));
});

test('[knob.max-concurrency] at most maxConcurrency requests are in flight', async () => {
  let inFlight = 0;
  let most = 0;
  await using upstream = await mcpUpstream({
    era: 'modern',
    handle: ({ method, id }, response) => {
      if (method !== 'tools/call') return false;
      inFlight += 1;
      most = Math.max(most, inFlight);
      setTimeout(() => {
        inFlight -= 1;
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'done' }] } }));
      }, 20);
      return true;
    },
  });
  await using remote = await remoteRuntime();
  const id = await withKnobs(remote, upstream.url, { maxConcurrency: 2 });
  const calls = Array.from({ length: 20 }, () => callThrough(remote.runtime, 'remote__echo'));
  expect((await Promise.all(calls)).map(outcomeOf)).toEqual(calls.map(() => 'done'));
  expect(most).toBe(2);
  expect(remote.runtime.services.get(embeddedCaller, id).calls).toMatchObject({ inFlight: 0, waiting: 0 });
});

test('a remote service without knobs has the default limits', async () => {
  await using upstream = await mcpUpstream({ era: 'modern' });
  await using remote = await remoteRuntime();
  const id = await withKnobs(remote, upstream.url, {});
  expect(remote.runtime.policies.show(embeddedCaller, id).effective).toEqual({
    timeoutMs: 20_000,
    maxTimeoutMs: 600_000,
    maxRequestBytes: 1_048_576,
    maxResponseBytes: 1_048_576,
    maxConcurrency: 8,
  });
});
