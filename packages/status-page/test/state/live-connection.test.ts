import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { ConsoleStore } from '../../src/state/console-store.ts';
import { LiveConnection } from '../../src/state/live-connection.ts';
import { serviceOf, snapshotOf } from '../support/entries.ts';

/** A daemon in memory: replies to the snapshot, and streams that the test writes. */
class FakeDaemon {
  readonly paths: string[] = [];
  isDown = false;
  isRefusing = false;
  cursor = '1';
  #writer: ReadableStreamDefaultController<Uint8Array> | undefined;

  readonly fetch = (path: string, { signal }: { signal?: AbortSignal } = {}): Promise<Response> => {
    this.paths.push(path);
    if (this.isDown) return Promise.reject(new TypeError('Failed to fetch'));
    if (this.isRefusing) return Promise.resolve(new Response('{}', { status: 401 }));
    if (path === '/api/console') return Promise.resolve(Response.json(snapshotOf(this.cursor, serviceOf('a'))));
    const body = new ReadableStream<Uint8Array>({
      start: (writer) => {
        this.#writer = writer;
        signal?.addEventListener('abort', () => {
          writer.error(new DOMException('aborted', 'AbortError'));
        });
      },
    });
    return Promise.resolve(new Response(body));
  };

  send(id: string, event: string, data: unknown): void {
    this.#writer?.enqueue(new TextEncoder().encode(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
  }

  end(): void {
    this.#writer?.close();
  }

  get streams(): readonly string[] {
    return this.paths.filter((path) => path.startsWith('/api/live'));
  }
}

let daemon: FakeDaemon;
let store: ConsoleStore;
let connection: LiveConnection;
let isHidden: boolean;

beforeEach(() => {
  jest.useFakeTimers();
  daemon = new FakeDaemon();
  store = new ConsoleStore();
  isHidden = false;
  jest.spyOn(globalThis, 'fetch').mockImplementation(daemon.fetch as typeof fetch);
  connection = new LiveConnection({ store, onLog: () => undefined, isHidden: () => isHidden, random: () => 0.5 });
});

afterEach(() => {
  connection.close();
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** Lets all promises and the timers of a time run. */
const pass = (ms = 0): Promise<void> => jest.advanceTimersByTimeAsync(ms);

async function connect(): Promise<void> {
  connection.start();
  await pass(1);
  daemon.send('2', 'beat', {});
  await pass(1);
}

test('the page loads one snapshot, then applies the deltas of one stream', async () => {
  await connect();
  expect(daemon.paths).toEqual(['/api/console', '/api/live?topics=state%2Cfigures%2Ccalls&after=1']);
  daemon.send('3', 'state', { changed: [serviceOf('b')], removed: ['a'] });
  daemon.send('4', 'problems', { items: [{ id: 'p' }], total: 1 });
  await pass(1);
  expect(store.services.value.map(({ id }) => id)).toEqual(['b']);
  expect(store.problems.value).toHaveLength(1);
  await pass(20_000);
  expect(daemon.paths).toHaveLength(2);
});

test('a stream that ends is resumed after its last event, without another snapshot', async () => {
  await connect();
  daemon.send('7', 'state', { changed: [serviceOf('b')] });
  await pass(1);
  daemon.end();
  await pass(1_000);
  expect(daemon.streams.at(-1)).toContain('after=7');
  expect(daemon.paths.filter((path) => path === '/api/console')).toHaveLength(1);
  expect(store.connection.value.kind).toBe('live');
});

test('reset loads the snapshot again and continues from its cursor', async () => {
  await connect();
  daemon.cursor = '90';
  daemon.send('8', 'reset', { reason: 'gap' });
  await pass(10);
  expect(daemon.streams.at(-1)).toContain('after=90');
});

test('a daemon that does not answer is lost: the pause grows to 15 s, and the state returns with the daemon', async () => {
  await connect();
  daemon.isDown = true;
  daemon.end();
  await pass(5_000);
  expect(store.connection.value.kind).toBe('lost');
  expect(store.services.value).toHaveLength(1);
  const before = daemon.paths.length;
  await pass(60_000);
  expect(daemon.paths.length - before).toBeLessThanOrEqual(6);
  daemon.isDown = false;
  connection.retryNow();
  await pass(1);
  expect(store.connection.value.kind).toBe('live');
});

test('a silent stream is given up after 25 s', async () => {
  await connect();
  await pass(26_500);
  expect(daemon.streams.length).toBe(2);
});

test('a refused request shows the sign-in, and nothing is repeated until a token is sent', async () => {
  daemon.isRefusing = true;
  connection.start();
  await pass(120_000);
  expect(store.connection.value).toEqual({ kind: 'signed-out' });
  expect(daemon.paths.length).toBeLessThanOrEqual(3);
});

test('a page that is hidden for 30 s closes its stream, and asks for one snapshot a minute', async () => {
  await connect();
  isHidden = true;
  connection.visibilityChanged();
  await pass(15_000);
  daemon.send('3', 'beat', {});
  await pass(15_001);
  const before = daemon.paths.length;
  await pass(59_000);
  expect(daemon.paths.length).toBe(before);
  await pass(2_000);
  expect(daemon.paths.slice(before)).toEqual(['/api/console']);
  isHidden = false;
  connection.visibilityChanged();
  await pass(1);
  expect(daemon.streams).toHaveLength(2);
});

test('the log of a service is a topic of the same stream', async () => {
  await connect();
  connection.followLog('svc_1');
  await pass(1);
  expect(daemon.streams.at(-1)).toContain('log%3Asvc_1');
  connection.followLog('svc_1');
  await pass(1);
  expect(daemon.streams).toHaveLength(2);
});
