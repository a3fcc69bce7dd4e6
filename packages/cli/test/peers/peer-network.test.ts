import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, expect, test } from '@jest/globals';
import { ClarityError, isClarityError, RawJson, type McpReply, type McpRequest } from '@clarity-runtime/core';
import { CancellationSource } from '@clarity-runtime/core/internal';
import type { Connection, ConnectionEvents, PeerHost, UpstreamRequestOptions } from '@clarity-runtime/core/ports';
import { addressOfPeer } from '../../src/peers/peer-name.ts';
import { PeerNetwork } from '../../src/peers/peer-network.ts';

const key = { id: 'current', key: randomBytes(32) };
const opened: PeerNetwork[] = [];
afterEach(async () => {
  for (const network of opened.splice(0)) await network[Symbol.asyncDispose]();
});

const network = async (keys = [key]): Promise<PeerNetwork> => {
  const made = await PeerNetwork.open({ listen: '127.0.0.1:0', keys });
  opened.push(made);
  return made;
};

type Answer = (request: McpRequest, options: UpstreamRequestOptions) => Promise<McpReply>;
const reply = (value: unknown): McpReply => ({ result: RawJson.of(value) });

/** A host with one service, and the events of its connections. */
class Host implements PeerHost {
  readonly events: ConnectionEvents[] = [];
  readonly closed: string[] = [];
  answer: Answer = () => Promise.resolve(reply({ ok: true }));
  isReached = true;

  attach(serviceId: string, events: ConnectionEvents): Promise<Connection> {
    if (serviceId !== 'svc') return Promise.reject(new ClarityError('UPSTREAM_UNREACHABLE', 'it does not run it'));
    this.events.push(events);
    return Promise.resolve({
      era: 'legacy',
      capabilities: { tools: { listChanged: true } },
      info: { name: 'child', version: '1' },
      revision: '2025-11-25',
      instructions: 'use it',
      request: (request, options) => this.answer(request, options),
      notify: () => undefined,
      close: (reason) => {
        this.closed.push(reason);
        return Promise.resolve();
      },
    });
  }

  logs(serviceId: string, limit: number): Promise<readonly string[]> {
    return Promise.resolve([`${serviceId} ${String(limit)}`]);
  }

  reachesStore(): Promise<boolean> {
    return Promise.resolve(this.isReached);
  }
}

const request: McpRequest = {
  method: 'tools/call',
  params: new Map([
    ['name', RawJson.of('t')],
    ['arguments', RawJson.fromText('{"n":9007199254740993}')],
  ]),
};

function asking(over: Partial<UpstreamRequestOptions> = {}): UpstreamRequestOptions & { readonly sent: string[] } {
  const sent: string[] = [];
  return {
    idleMs: 1_000,
    totalMs: 0,
    maxReplyBytes: 1_000_000,
    signal: new AbortController().signal,
    onNotification: () => undefined,
    onRequest: () => Promise.resolve({ error: { code: -32601, message: 'no' } }),
    onSent: () => sent.push('sent'),
    ...over,
    sent,
  };
}

const silent: ConnectionEvents = { onListChanged: () => undefined, onLog: () => undefined, onClose: () => undefined };

async function pair(events: Partial<ConnectionEvents> = {}) {
  const [owner, other, host] = [await network(), await network(), new Host()];
  owner.serve(host);
  const { signal } = new AbortController();
  const connection = await other.connect(owner.name, 'svc', { ...silent, ...events }, { signal });
  return { owner, other, host, connection };
}

test('a request reaches the service of another daemon with its bytes, limits and progress', async () => {
  const { host, connection } = await pair();
  expect([connection.era, connection.info?.name, connection.instructions]).toEqual(['legacy', 'child', 'use it']);
  const seen: unknown[] = [];
  host.answer = async ({ params }, options) => {
    seen.push(params.get('arguments')?.text, options.idleMs, options.maxReplyBytes);
    options.onSent();
    options.onNotification({ method: 'notifications/progress', params: new Map([['progress', RawJson.of(1)]]) });
    const answer = await options.onRequest({ method: 'elicitation/create', params: new Map() });
    return 'result' in answer ? { result: answer.result } : answer;
  };
  const notes: string[] = [];
  const options = asking({
    onNotification: ({ method }) => notes.push(method),
    onRequest: ({ method }) => Promise.resolve(reply({ answered: method })),
  });
  const answered = await connection.request(request, options);
  expect(seen).toEqual(['{"n":9007199254740993}', 1_000, 1_000_000]);
  expect(notes).toEqual(['notifications/progress']);
  expect('result' in answered && answered.result.value).toEqual({ answered: 'elicitation/create' });
  expect(options.sent).toEqual(['sent']);
});

test('a cancellation reaches the service', async () => {
  const { host, connection } = await pair();
  const source = new CancellationSource();
  const begun = new Promise<UpstreamRequestOptions>((resolve) => {
    host.answer = (_, options) => {
      resolve(options);
      return new Promise(() => undefined);
    };
  });
  const called = connection.request(request, asking({ cancellation: source }));
  const { signal } = await begun;
  source.cancel();
  await expect(called).rejects.toMatchObject({ code: 'CALL_CANCELLED' });
  if (!signal.aborted) await once(signal, 'abort');
});

test('an error keeps its code, and says whether the service can have read the request', async () => {
  const { host, connection } = await pair();
  host.answer = () => Promise.reject(new ClarityError('UPSTREAM_UNREACHABLE', 'not sent'));
  const unsent = asking();
  await expect(connection.request(request, unsent)).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE' });
  expect(unsent.sent).toEqual([]);
  host.answer = (_, options) => {
    options.onSent();
    return Promise.reject(new ClarityError('CALL_TIMED_OUT', 'late'));
  };
  const sent = asking();
  await expect(connection.request(request, sent)).rejects.toMatchObject({ code: 'CALL_TIMED_OUT' });
  expect(sent.sent).toEqual(['sent']);
});

test('the end of the owner ends the connection, and a request in flight may have been read', async () => {
  let end!: (why: readonly unknown[]) => void;
  const ended = new Promise<readonly unknown[]>((resolve) => (end = resolve));
  const { owner, host, connection } = await pair({
    onClose: (...why) => {
      end(why);
    },
  });
  const begun = new Promise<void>((resolve) => {
    host.answer = () => {
      resolve();
      return new Promise(() => undefined);
    };
  });
  const options = asking();
  const called = connection.request(request, options).catch((error: unknown) => error);
  await begun;
  await owner[Symbol.asyncDispose]();
  const error = await called;
  expect(isClarityError(error) && error.code).toBe('UPSTREAM_LOST');
  expect(options.sent).toEqual(['sent']);
  expect((await ended)[1]).toBe('elsewhere');
});

test('events of the service arrive, and closing reaches the owner', async () => {
  const seen: string[] = [];
  const { host, connection } = await pair({
    onListChanged: (what) => seen.push(what),
    onNotification: ({ method }) => seen.push(method),
    onClose: (why, cause) => seen.push(`${why} ${String(cause)}`),
  });
  host.events[0]?.onListChanged('tools');
  host.events[0]?.onNotification?.({ method: 'notifications/message', params: new Map() });
  // A reply after the events: all of them have arrived before it.
  await connection.request(request, asking());
  expect(seen).toEqual(['tools', 'notifications/message']);
  await connection.close('done');
  while (host.closed.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(host.closed).toHaveLength(1);
  expect(seen).toHaveLength(2);
});

test('a service that the daemon does not run, logs, and the reach of the store', async () => {
  const [owner, other, host] = [await network(), await network(), new Host()];
  owner.serve(host);
  const { signal } = new AbortController();
  await expect(other.connect(owner.name, 'other', silent, { signal })).rejects.toMatchObject({
    code: 'UPSTREAM_UNREACHABLE',
  });
  expect(await other.logs(owner.name, 'svc', 7)).toEqual(['svc 7']);
  expect(await other.standing(owner.name)).toBe('reached');
  host.isReached = false;
  expect(await other.standing(owner.name)).toBe('away');
  await owner[Symbol.asyncDispose]();
  expect(await other.standing(owner.name)).toBe('gone');
  expect(await other.standing('nobody')).toBe('silent');
});

test('T-585 without the key a client gets no answer: no other key, no HTTP request, no TLS without a key', async () => {
  const [owner, host] = [await network(), new Host()];
  owner.serve(host);
  const stranger = await network([{ id: 'current', key: randomBytes(32) }]);
  const { signal } = new AbortController();
  await expect(stranger.connect(owner.name, 'svc', silent, { signal })).rejects.toMatchObject({
    code: 'UPSTREAM_UNREACHABLE',
  });
  const { host: at = '', port = 0 } = addressOfPeer(owner.name) ?? {};
  const plain = connectTcp({ host: at, port });
  const received: Buffer[] = [];
  plain.on('data', (chunk: Buffer) => received.push(chunk));
  plain.on('error', () => undefined);
  plain.write('POST /api/services HTTP/1.1\r\nhost: x\r\nauthorization: Bearer token\r\ncontent-length: 0\r\n\r\n');
  await once(plain, 'close');
  expect(Buffer.concat(received).toString('latin1')).not.toMatch(/HTTP/);
  const tls = connectTls({ host: at, port, rejectUnauthorized: false });
  const outcome = await Promise.race([
    once(tls, 'secureConnect').then(() => 'connected'),
    once(tls, 'error').then(() => 'refused'),
  ]).catch(() => 'refused');
  tls.destroy();
  expect(outcome).toBe('refused');
  expect(host.events).toEqual([]);
});

test('daemons reach each other while their keys are replaced', async () => {
  const next = { id: 'next', key: randomBytes(32) };
  const [old, both] = [await network(), await network([next, key])];
  old.serve(new Host());
  both.serve(new Host());
  expect(await both.standing(old.name)).toBe('reached');
  expect(await old.standing(both.name)).toBe('reached');
});
