import { expect, jest, test } from '@jest/globals';
import { createRuntime, embeddedCaller, RawJson, type McpReply, type Runtime } from '@clarity-runtime/core';
import { fixtureService, testConnector } from '../support/process-service.ts';
import { isAlive, kill, until } from '../support/talk.ts';

const SOAK_MS = Number(process.env['CLARITY_SOAK_SECONDS'] ?? '4') * 1_000;

jest.setTimeout(SOAK_MS + 120_000);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Running extends AsyncDisposable {
  readonly runtime: Runtime;
  readonly id: string;
  /** Ids of the running processes of the fixture. */
  readonly children: () => readonly number[];
}

async function running(policy: 'legacy' | 'modern'): Promise<Running> {
  let children: readonly number[] = [];
  const connector = testConnector({
    remember: (records) => {
      children = records.map(({ pid }) => pid);
    },
  });
  const runtime = await createRuntime({ connectors: [connector] }, { supervision: { firstRestartMs: 30_000 } });
  const { manifest } = fixtureService(policy);
  const restartPolicy = { mode: 'on-failure', maxRestarts: 100, windowSeconds: 60 } as const;
  const spec = { ...manifest.spec, restartPolicy };
  const { service } = await runtime.services.apply(embeddedCaller, { ...manifest, spec });
  await runtime.services.start(embeddedCaller, service.serviceId);
  return {
    runtime,
    id: service.serviceId,
    children: () => children,
    [Symbol.asyncDispose]: () => runtime.close(),
  };
}

function call(runtime: Runtime, name: string, text: string): Promise<McpReply> {
  const peer = runtime.gateway.open({ caller: embeddedCaller, era: 'legacy', revision: '2025-11-25' });
  const params = new Map([
    ['name', RawJson.of(`fixture__${name}`)],
    ['arguments', RawJson.of({ text })],
  ]);
  const signal = new AbortController().signal;
  return peer.request(
    { method: 'tools/call', params },
    { signal, send: () => undefined, ask: () => Promise.reject(new Error('unexpected request')) },
  );
}

const textOf = (reply: McpReply): string => JSON.stringify('result' in reply ? reply.result.value : reply.error);

test.each(['legacy', 'modern'] as const)(
  'two clients of a %s process see no failed call when the process is killed repeatedly',
  async (mode) => {
    await using service = await running(mode);
    const { runtime, id, children } = service;
    const calls: Promise<string | undefined>[] = [];
    const client = (who: string) =>
      setInterval(() => {
        const text = `${who} ${String(calls.length)}`;
        calls.push(
          call(runtime, 'echo', text).then((reply) => (textOf(reply).includes(text) ? undefined : textOf(reply))),
        );
      }, 100);
    const timers = [client('a'), client('b')];
    const deadline = performance.now() + SOAK_MS;
    while (performance.now() < deadline) {
      await until(() => runtime.services.get(embeddedCaller, id).status.lifecycle === 'RUNNING');
      await pause(500);
      for (const pid of children()) kill(pid);
      await pause(300);
    }
    for (const timer of timers) clearInterval(timer);
    expect((await Promise.all(calls)).filter((failed) => failed !== undefined)).toEqual([]);
    expect(calls.length).toBeGreaterThan(SOAK_MS / 1_000);
    expect(runtime.services.get(embeddedCaller, id).status.restartCount).toBeGreaterThan(0);
  },
);

test('the next call starts a dead process before its scheduled restart', async () => {
  await using service = await running('legacy');
  const { runtime, id, children } = service;
  const [pid = 0] = children();
  process.kill(pid, 'SIGKILL');
  await until(() => runtime.services.get(embeddedCaller, id).status.lifecycle === 'CRASHED');
  expect(textOf(await call(runtime, 'echo', 'again'))).toContain('again');
  expect(isAlive(pid)).toBe(false);
  // The record of the dead process stays until its descendants are ended.
  await until(() => !children().includes(pid));
  expect(children()).toHaveLength(1);
});
