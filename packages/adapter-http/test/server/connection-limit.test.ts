import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { maxConnections } from '../../src/server/connection-limit.ts';
import { startDaemon } from '../support/daemon.ts';

test.each([
  [
    'Max processes   5   5   processes\nMax open files            200                  4096                 files\n',
    100,
  ],
  ['Max open files            1048576              1048576              files\n', 4_096],
  ['Max open files            unlimited            unlimited            files\n', 4_096],
  ['Max open files            1                    1                    files\n', 1],
  ['', 4_096],
])('R14a maxConnections is half of the open files, at most 4,096 (%#)', (limits, count) => {
  expect(maxConnections(limits)).toBe(count);
});

test('R14a the server closes connections above its limit, counts them, and serves again when one ends', async () => {
  await using daemon = await startDaemon({ limits: { maxConnections: 2 } });
  const sockets: Socket[] = [];
  const open = async (): Promise<Socket> => {
    const socket = connect(daemon.port, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  const [first] = [await open(), await open()];
  await once((await open()).resume(), 'close');
  expect(daemon.runtime.limits.counts()['socket.too_many']).toBe(1);
  first.destroy();
  await once(first, 'close');
  while ((await fetch(`${daemon.url}/healthz`).catch(() => undefined))?.ok !== true);
  for (const socket of sockets) socket.destroy();
});
