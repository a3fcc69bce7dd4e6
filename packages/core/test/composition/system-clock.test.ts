import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { systemClock } from '@clarity-runtime/core';

test('T-275 systemClock.after waits longer than the longest timer, until the signal aborts', async () => {
  const cancel = new AbortController();
  let isOver = false;
  const waited = systemClock.after(2 ** 40, cancel.signal).then(() => {
    isOver = true;
  });
  await sleep(20);
  expect(isOver).toBe(false);
  cancel.abort();
  await waited;
  expect(isOver).toBe(true);
});

test('T-273 systemClock.after waits at least the given time on the monotonic clock', async () => {
  const from = systemClock.monotonic();
  await systemClock.after(15);
  expect(systemClock.monotonic() - from).toBeGreaterThanOrEqual(15);
});

test('T-427 R60a systemClock.after lets input in first when it ends more than 1 s late', async () => {
  const order: string[] = [];
  const server = createServer((socket) => {
    socket.write('reply', () => server.emit('sent'));
  }).listen(0, '127.0.0.1');
  const sent = once(server, 'sent');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  // Data of the server is in the kernel once its write has returned, before the client reads it.
  socket.pause();
  await sent;
  const replied = once(socket, 'data').then(() => order.push('reply'));
  const late = systemClock.after(1).then(() => order.push('timeout'));
  // The process is suspended: the reply is in the socket and the timer is overdue when it continues.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_200);
  socket.resume();
  await Promise.all([replied, late]);
  expect(order).toEqual(['reply', 'timeout']);
  socket.destroy();
  server.close();
});
