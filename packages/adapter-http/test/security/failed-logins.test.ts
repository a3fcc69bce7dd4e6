import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { AuditEvent } from '@clarity-runtime/core';
import { TokenCheck } from '../../src/guard/credentials.ts';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { ask } from '../support/http-client.ts';
import { open, parseAnswer, readToEnd } from '../support/raw-client.ts';

const TOKEN = 'correct-horse-battery-staple';
let daemon: Daemon;

beforeEach(async () => {
  daemon = await startDaemon({ token: TOKEN });
});

afterEach(() => daemon[Symbol.asyncDispose]());

const login = (token: string, path = '/api/status') =>
  ask(daemon, path, { headers: { authorization: `Bearer ${token}` } });
const failures = async (): Promise<readonly AuditEvent[]> =>
  (await daemon.audited()).filter(({ kind }) => kind === 'auth.failed');

test('A07 an upload without a token is cut early, after the error response', async () => {
  const socket = open(daemon.port);
  const answer = readToEnd(socket);
  socket.write(
    'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 67108864\r\n\r\n',
  );
  const chunk = Buffer.alloc(64 * 1024, 0x20);
  let sent = 0;
  const push = (): void => {
    while (!socket.destroyed && sent < 64 * 1024 * 1024) {
      sent += chunk.length;
      if (!socket.write(chunk)) return;
    }
  };
  socket.on('drain', push);
  push();
  expect(parseAnswer(await answer)).toMatchObject({ status: 401 });
  expect(sent).toBeLessThan(8 * 1024 * 1024);
});

test('A08 T-248 the comparison takes the same time for an almost right token', () => {
  const check = new TokenCheck(TOKEN);
  const near = `${TOKEN.slice(0, -1)}x`;
  const far = `x${TOKEN.slice(1)}`;
  const times = new Map<string, number[]>([near, far].map((token) => [token, []]));
  for (let round = 0; round < 2_000; round += 1) {
    for (const [token, taken] of times) {
      const start = performance.now();
      expect(check.accepts(token)).toBe(false);
      taken.push(performance.now() - start);
    }
  }
  const [a = 0, b = 1] = [...times.values()].map((taken) => taken.sort((x, y) => x - y)[1_000]);
  expect(Math.abs(a - b)).toBeLessThan(0.25);
});

test('T-248 a token of any length is compared and not rejected by its length', () => {
  const check = new TokenCheck('short');
  for (const token of ['', 's', 'short', 'short ', 'x'.repeat(10_000)]) {
    expect(check.accepts(token)).toBe(token === 'short');
  }
});

test('A10 a failed login is audited without the token', async () => {
  const tried = ['guess-number-0', 'guess-number-1', 'guess-number-2', 'guess-number-3', 'guess-number-4'];
  for (const token of tried) expect((await login(token)).status).toBe(401);
  const events = await failures();
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    level: 'warn',
    message: 'Login refused: wrong token',
    data: { door: 'http', reason: 'wrong token' },
  });
  expect(JSON.stringify(events)).not.toContain('guess-number');
});

test('a request without a token is rejected without an audit record', async () => {
  expect((await ask(daemon, '/api/status')).status).toBe(401);
  expect(await failures()).toEqual([]);
});

test('A11 R51b five hundred wrong tokens of one peer are rejected with one audit record', async () => {
  const guesses = Array.from({ length: 500 }, (_, i) => `guess-${String(i)}`);
  const statuses = await Promise.all(guesses.map(async (token) => (await login(token)).status));
  expect(new Set(statuses)).toEqual(new Set([401]));
  expect((await login(TOKEN)).status).toBe(200);
  expect(await failures()).toHaveLength(1);
  expect(daemon.runtime.metrics().events.get('auth.failed')).toBe(500);
});

test('A12 responses, audit records and logs do not contain the token', async () => {
  await fetch(`${daemon.url}/status?token=${TOKEN}`, { redirect: 'manual' });
  const seen: string[] = [];
  for (const path of ['/api/audit', '/api/services', '/api/status']) {
    const answer = await login(TOKEN, path);
    expect(answer.status).toBe(200);
    seen.push(JSON.stringify(answer.body), JSON.stringify([...answer.headers]));
  }
  seen.push(JSON.stringify(await daemon.audited()), ...daemon.log);
  expect(seen.join('\n')).not.toContain(TOKEN);
});
