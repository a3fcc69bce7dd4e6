import { afterEach, describe, expect, test } from '@jest/globals';
import { createRuntime, embeddedCaller, type Runtime } from '@clarity-runtime/core';
import { createHttpServer, httpConnector } from '../../src/index.ts';
import { legacy, modern, MODERN, openSession, postMcp } from '../support/mcp-client.ts';
import { json, mcpUpstream, type Handle, type McpUpstream } from '../support/mcp-upstream.ts';
import { remoteManifest } from '../support/remote-service.ts';

const ERAS = ['legacy', 'modern'] as const;
type Era = (typeof ERAS)[number];
/** Time in which a call that was not cancelled would have reached the service. */
const SETTLE_MS = 200;

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 1_000) throw new Error('the condition did not become true');
    await pause(5);
  }
}

interface Stage {
  readonly upstream: McpUpstream;
  readonly runtime: Runtime;
  readonly url: string;
  /** Names of the calls that reached the service, in order. */
  readonly sent: () => readonly string[];
  /** Calls of the service that run, and that wait for its only slot. */
  readonly load: () => { readonly inFlight: number; readonly waiting: number };
  /** Starts a call. Returns its cancellation, by the means of the era. */
  readonly call: (name: string) => () => Promise<void>;
}

/** A service whose tools answer never, except `echo`, with one slot, and a client of an era. */
async function stage(era: Era, upstreamEra: Era): Promise<Stage> {
  const names = ['echo', 'a', 'b', 'c', 'd'];
  const handle: Handle = ({ method, id, params }, response) => {
    if (method === 'tools/list') {
      const tools = names.map((name) => ({ name, inputSchema: { type: 'object' } }));
      json(response, 200, { jsonrpc: '2.0', id, result: { tools, resultType: 'complete' } });
      return true;
    }
    if (method !== 'tools/call') return false;
    if (params['name'] === 'echo') {
      json(response, 200, { jsonrpc: '2.0', id, result: { content: [], resultType: 'complete' } });
    }
    return true;
  };
  const upstream = await mcpUpstream({ era: upstreamEra, handle });
  const runtime = await createRuntime({ connectors: [httpConnector()] });
  const server = createHttpServer(runtime, { host: '127.0.0.1', port: 0 });
  const { url } = await server.listen();
  open.push(upstream, { [Symbol.asyncDispose]: () => runtime.close() }, server);
  const { service } = await runtime.services.apply(
    embeddedCaller,
    remoteManifest(upstream.url, { policy: { maxConcurrency: 1 } }),
  );
  await runtime.services.start(embeddedCaller, service.serviceId);
  const session = era === 'legacy' ? await openSession({ url }) : {};
  const usual = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  let lastId = 0;
  const call = (name: string): (() => Promise<void>) => {
    const id = (lastId += 1);
    const stop = new AbortController();
    const params = { name: `remote__${name}`, arguments: {} };
    const body = { ...(era === 'legacy' ? legacy('tools/call', params) : modern('tools/call', params)), id };
    const mirrored = { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/call', 'mcp-name': params.name };
    const headers = { ...usual, ...(era === 'legacy' ? session : mirrored) };
    void fetch(`${url}/mcp`, { method: 'POST', headers, body: JSON.stringify(body), signal: stop.signal })
      .then((response) => response.text())
      .catch(() => undefined);
    if (era === 'modern')
      return () => {
        stop.abort();
        return Promise.resolve();
      };
    const notification = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } };
    return async () => {
      await postMcp({ url }, notification, { headers: session });
    };
  };
  return {
    upstream,
    runtime,
    url,
    sent: () =>
      upstream.received.filter(({ method }) => method === 'tools/call').map(({ params }) => String(params['name'])),
    load: () => runtime.services.get(embeddedCaller, service.serviceId).calls,
    call,
  };
}

/** Starts a call that gets the only slot, and others that wait for it. Returns the cancellation of each by name. */
async function queued(
  { call, load, sent }: Stage,
  names: readonly string[],
): Promise<Map<string, () => Promise<void>>> {
  const cancels = new Map([['a', call('a')]]);
  await until(() => sent().includes('a'));
  for (const [index, name] of names.entries()) {
    cancels.set(name, call(name));
    await until(() => load().waiting === index + 1);
  }
  return cancels;
}

for (const era of ERAS) {
  for (const upstreamEra of ERAS) {
    describe(`Q47 cancellations of a ${era} client at a ${upstreamEra} service`, () => {
      test('Q47 a cancelled call in the queue is never sent, and the service is told nothing', async () => {
        const s = await stage(era, upstreamEra);
        const cancels = await queued(s, ['b', 'c']);
        await cancels.get('b')?.();
        await until(() => s.load().waiting === 1);
        await cancels.get('a')?.();
        await until(() => s.sent().includes('c'));
        expect(s.sent()).toEqual(['a', 'c']);
      });

      test('Q47 a client that cancels all of its calls, the running one first, sends none of the queue', async () => {
        const s = await stage(era, upstreamEra);
        const cancels = await queued(s, ['b', 'c', 'd']);
        await Promise.all([...cancels.values()].map((cancel) => cancel()));
        await until(() => s.load().inFlight + s.load().waiting === 0);
        await pause(SETTLE_MS);
        expect(s.sent()).toEqual(['a']);
      });

      test('Q47 a cancellation of the running call gives its slot to the next call, and harms no other', async () => {
        const s = await stage(era, upstreamEra);
        const cancels = await queued(s, ['echo', 'echo']);
        await cancels.get('a')?.();
        await until(() => s.load().inFlight + s.load().waiting === 0);
        expect(s.sent()).toEqual(['a', 'echo', 'echo']);
      });
    });
  }
}
