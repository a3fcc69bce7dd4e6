import { expect, jest, test } from '@jest/globals';
import { embeddedCaller } from '@clarity-runtime/core';
import { failing, type FaultName } from '../support/faults.ts';
import { mcpUpstream, type Handle, type McpUpstream } from '../support/mcp-upstream.ts';
import { annotated, callThrough, outcomeOf, pause, remoteRuntime, SOAK_MS, twoClients } from '../support/recovering.ts';
import { until } from '../support/until.ts';

jest.setTimeout(SOAK_MS + 120_000);

const eras = ['legacy', 'modern'] as const;

test.each(eras)(
  'calls that are safe to repeat survive restarts, lost sessions and cut responses of a %s service',
  async (era) => {
    let fault: FaultName | undefined;
    let left = 0;
    const next = (): FaultName | undefined => (left-- > 0 ? fault : undefined);
    const handle: Handle = (...given) => annotated()(...given) || failing(next)(...given);
    let upstream: McpUpstream = await mcpUpstream({ era, handle });
    const { url, port } = upstream;
    await using remote = await remoteRuntime();
    const id = await remote.add(url, 'far');
    const end = twoClients(remote.runtime, 'far__echo');
    const endWrites = twoClients(remote.runtime, 'far__write');
    const deadline = performance.now() + SOAK_MS;
    const wrongs = [
      () => {
        upstream.sessions.clear();
        return pause(200);
      },
      async () => {
        await upstream[Symbol.asyncDispose]();
        await pause(300);
        upstream = await mcpUpstream({ era, handle, port });
        // A call is repeated once. Waiting calls complete before the next fault.
        await pause(700);
      },
      ...(['cut', 'reset', 'nothing'] as const).map((name) => () => {
        fault = name;
        left = 1;
        return pause(300);
      }),
      () => {
        for (const stream of upstream.notices) stream.destroy();
        return pause(200);
      },
    ];
    while (performance.now() < deadline) for (const goWrong of wrongs) await goWrong();
    const { calls, failed } = await end();
    const writes = await endWrites();
    expect(failed).toEqual([]);
    expect(calls).toBeGreaterThan(SOAK_MS / 200);
    // A call that is not safe to repeat got a response, or an error that it may have been carried out.
    const unclear = writes.failed.filter((outcome) => outcome !== 'error: unknown tool');
    expect(unclear.filter((outcome) => !outcome.includes('may have been carried out'))).toEqual([]);
    expect(writes.failed.length - unclear.length).toBeGreaterThan(SOAK_MS / 400);
    await until(() => remote.runtime.services.get(embeddedCaller, id).status.health === 'HEALTHY');
    await upstream[Symbol.asyncDispose]();
  },
);

test('a sent call that is not safe to repeat is sent once, and the error says that it may have run', async () => {
  const faults: FaultName[] = [];
  const handle: Handle = (...given) => annotated()(...given) || failing(() => faults[0])(...given);
  await using upstream = await mcpUpstream({ era: 'modern', handle });
  await using remote = await remoteRuntime();
  await remote.add(upstream.url, 'far');
  faults.push('cut');
  const outcome = outcomeOf(await callThrough(remote.runtime, 'far__write'));
  expect(outcome).toContain('may have been carried out');
  expect(upstream.received.filter(({ method }) => method === 'tools/call')).toHaveLength(1);
});

test('U39 a service stays listed and becomes UNREACHABLE when its port closes', async () => {
  const upstream = await mcpUpstream({ era: 'modern', handle: annotated() });
  await using remote = await remoteRuntime();
  const id = await remote.add(upstream.url, 'far');
  await upstream[Symbol.asyncDispose]();
  await until(() => remote.runtime.services.get(embeddedCaller, id).status.health === 'UNREACHABLE');
  const peer = remote.runtime.gateway.open({ caller: embeddedCaller, era: 'legacy', revision: '2025-11-25' });
  const signal = new AbortController().signal;
  const reply = await peer.request(
    { method: 'tools/list', params: new Map() },
    { signal, send: () => undefined, ask: () => Promise.reject(new Error('no request to the client is expected')) },
  );
  expect(JSON.stringify('result' in reply && reply.result.value)).toContain('far__echo');
});

test('the runtime refreshes the interface of a service that returns after an outage', async () => {
  let more: readonly string[] = [];
  const handle = annotated(() => more);
  const first = await mcpUpstream({ era: 'legacy', handle });
  await using remote = await remoteRuntime();
  const id = await remote.add(first.url, 'far');
  await first[Symbol.asyncDispose]();
  more = ['fresh'];
  await using second = await mcpUpstream({ era: 'legacy', handle, port: first.port });
  const names = () => remote.runtime.services.get(embeddedCaller, id).interface?.tools.map(({ name }) => name);
  await until(() => names()?.includes('fresh') === true);
  const kinds = (await remote.runtime.audit.recent(embeddedCaller, { limit: 2_000 })).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'service.interface_refreshed')).toHaveLength(1);
  expect(second.received.filter(({ method }) => method === 'initialize').length).toBeGreaterThan(0);
});

test('U42 a service that sends many list changes is introspected at most 20 times', async () => {
  const upstream = await mcpUpstream({ era: 'legacy', handle: annotated() });
  await using remote = await remoteRuntime();
  await remote.add(upstream.url, 'far');
  const asked = () => upstream.received.filter(({ method }) => method === 'tools/list').length;
  const before = asked();
  const notice = 'event: message\ndata: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n\n';
  for (let i = 0; i < 100; i += 1) {
    for (const stream of upstream.notices) stream.write(notice.repeat(100));
    await pause(10);
  }
  expect(outcomeOf(await callThrough(remote.runtime, 'far__echo', { text: 'x' }))).toBe('x');
  expect(asked() - before).toBeGreaterThan(0);
  expect(asked() - before).toBeLessThanOrEqual(20);
  await upstream[Symbol.asyncDispose]();
});
