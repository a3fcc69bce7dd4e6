import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { legacy, postMcp } from '../support/mcp-client.ts';
import { raw, sendBytes } from '../support/raw-client.ts';

let daemon: Daemon;

beforeAll(async () => {
  daemon = await startDaemon();
});

afterAll(() => daemon[Symbol.asyncDispose]());

const initialize = legacy('initialize', {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'client', version: '1' },
});

test('J16 a session id that a client has chosen is not adopted', async () => {
  const { status, headers, text } = await postMcp(daemon, initialize, { headers: { 'mcp-session-id': 'attacker' } });
  expect(status).toBe(200);
  expect(headers.get('mcp-session-id')).not.toBe('attacker');
  expect(text).not.toContain('attacker');
});

test('J17 session ids are unique and random', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => postMcp(daemon, initialize)));
  expect(answers.every(({ message }) => message?.result?.['protocolVersion'] === '2025-11-25')).toBe(true);
  const ids = answers.flatMap(({ headers }) => headers.get('mcp-session-id') ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[\x21-\x7e]{20,256}$/);
});

/** Returns the bytes of the heap that are in use after a garbage collection. */
function collectedHeapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

/** A session of 4 KiB in memory would fill it: far below a session with its peer, far above the noise of the runner. */
const MAX_GROWTH_BYTES = 3_000 * 4_096;

test('J18 three thousand handshakes leave no session in memory', async () => {
  const body = JSON.stringify(initialize);
  const head = (more: string): string =>
    `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${more}Content-Length: ${String(body.length)}\r\n\r\n`;
  const before = collectedHeapBytes();
  for (let round = 0; round < 30; round += 1) {
    const { text } = await sendBytes(daemon.port, [
      `${head('')}${body}`.repeat(99),
      `${head('Connection: close\r\n')}${body}`,
    ]);
    expect(text.split('"protocolVersion":"2025-11-25"')).toHaveLength(101);
  }
  expect(collectedHeapBytes() - before).toBeLessThan(MAX_GROWTH_BYTES);
});

test.each(['../../x', 'a'.repeat(8_192), '\xff\xfe\x80', '', '<script>', 'a b\tc'])(
  'J19 the session id %j is not repeated and causes no server error',
  async (id) => {
    const headers = { Host: 'localhost', 'Content-Type': 'application/json', 'Mcp-Session-Id': id };
    for (const [method, body] of [
      ['POST', JSON.stringify(legacy('ping'))],
      ['GET', undefined],
      ['DELETE', undefined],
    ] as const) {
      const answer = await raw(daemon.port, {
        method,
        target: '/mcp',
        headers,
        ...(body === undefined ? {} : { body }),
      });
      expect(answer.status).toBeGreaterThanOrEqual(200);
      expect(answer.status).toBeLessThan(500);
      expect(id === '' || !answer.text.includes(id)).toBe(true);
    }
    expect(daemon.log).toEqual([]);
  },
);
