import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { peerInode, ServicePeers, type LoopbackConnection } from '../../src/process/service-peers.ts';
import { kill } from '../support/talk.ts';

const linux = { test: process.platform === 'linux' ? test : test.skip };
const BOOT = 'boot-of-this-test';
const started: ChildProcess[] = [];
let server: Server;
let port: number;
let folder: string;

beforeAll(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
  folder = await mkdtemp(join(tmpdir(), 'clarity-peers-'));
  // It ends with its connection, also when it has left the group.
  const program = `require('net').connect(${String(port)}, '127.0.0.1').on('close', () => process.exit());`;
  await writeFile(join(folder, 'connect.cjs'), program);
});

afterEach(() => {
  for (const { pid } of started.splice(0)) if (pid !== undefined) kill(-pid);
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const peers = (): ServicePeers => {
  const found = new ServicePeers();
  found.add(BOOT);
  return found;
};

const connectionOf = ({ localAddress, localPort, remoteAddress, remotePort }: Socket): LoopbackConnection => ({
  localAddress: localAddress ?? '',
  localPort: localPort ?? 0,
  remoteAddress: remoteAddress ?? '',
  remotePort: remotePort ?? 0,
});

/** Runs a shell command in which `connect` opens a connection and keeps it; returns the accepted socket. */
async function accepted(command: (connect: string) => string, env: Record<string, string>): Promise<Socket> {
  const connect = `${process.execPath} ${join(folder, 'connect.cjs')}`;
  const child = spawn('/bin/sh', ['-c', command(connect)], { env: { PATH: '/usr/bin:/bin', ...env }, detached: true });
  started.push(child);
  const [socket] = (await once(server, 'connection')) as [Socket];
  socket.on('error', () => undefined);
  return socket;
}

const MARKED = { CLARITY_SERVICE_ID: 's', CLARITY_BOOT_ID: `${BOOT}-1` };

linux.test.each<[string, (connect: string) => string]>([
  ['itself', (connect) => `exec ${connect}`],
  ['by its child', (connect) => `${connect} & wait`],
  ['by a child in another session', (connect) => `setsid ${connect} & wait`],
  ['by a child whose parent has ended', (connect) => `(setsid ${connect} &) ; sleep 60`],
  ['by a child with an empty environment', (connect) => `env -i ${connect} & wait`],
  ['by a grandchild with an empty environment', (connect) => `sh -c 'env -i setsid ${connect} & wait' & wait`],
])('R04d T-415 a connection that a service opens %s is found', async (_how, command) => {
  const socket = await accepted(command, MARKED);
  expect(await peers().has(connectionOf(socket))).toBe(true);
  socket.destroy();
});

linux.test.each([
  ['another program', {}],
  ['a service of another daemon', { CLARITY_SERVICE_ID: 's', CLARITY_BOOT_ID: 'boot-of-another-1' }],
  ['a service of a daemon with a longer mark', { CLARITY_SERVICE_ID: 's', CLARITY_BOOT_ID: `${BOOT}x-1` }],
])('R04d a connection of %s is not one of a service', async (_who, env) => {
  const socket = await accepted((connect) => `exec ${connect}`, env);
  expect(await peers().has(connectionOf(socket))).toBe(false);
  socket.destroy();
});

linux.test('R04d a peer that has closed its socket counts as a service, unless no service was started', async () => {
  const socket = await accepted((connect) => `exec ${connect}`, {});
  const connection = connectionOf(socket);
  for (const { pid } of started.splice(0)) if (pid !== undefined) kill(-pid);
  await once(socket.resume(), 'close');
  expect(await new ServicePeers().has(connection)).toBe(false);
  const inode = peerInode(connection);
  expect([undefined, '']).toContain(inode);
  expect(await peers().has(connection)).toBe(inode === '');
});

linux.test('R04d connections that arrive together are told apart', async () => {
  const own = await accepted((connect) => `exec ${connect}`, MARKED);
  const other = await accepted((connect) => `exec ${connect}`, {});
  const found = peers();
  const asked = [own, other, own, other].map((socket) => found.has(connectionOf(socket)));
  expect(await Promise.all(asked)).toEqual([true, false, true, false]);
  own.destroy();
  other.destroy();
});

const row = (from: string, to: string, inode: number): string =>
  `   1: ${from} ${to} 01 00000000:00000000 00:00000000 00000000  1000        0 ${String(inode)} 1 0000 20 4 24 10 -1`;

test('R04d peerInode reads IPv4, IPv6 and IPv4 in IPv6, and tells an unknown table from a closed peer', () => {
  const v4 = { localAddress: '127.0.0.1', localPort: 4707, remoteAddress: '127.0.0.1', remotePort: 40_000 };
  const [own, peer] = ['0100007F:1263', '0100007F:9C40'];
  const mapped = `0000000000000000FFFF0000${own}`;
  const mappedPeer = `0000000000000000FFFF0000${peer}`;
  const title = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
  expect(peerInode(v4, [[title, row(peer, own, 77), row(own, peer, 78)].join('\n'), ''])).toBe('77');
  // A listener for both families has its rows in the table of IPv6, its IPv4 client in the other one.
  const dual = { ...v4, localAddress: '::ffff:127.0.0.1', remoteAddress: '::ffff:127.0.0.1' };
  expect(peerInode(dual, [row(peer, own, 77), row(mapped, mappedPeer, 78)])).toBe('77');
  const six = '00000000000000000000000001000000';
  const v6 = { ...v4, localAddress: '::1', remoteAddress: '::1' };
  expect(
    peerInode(v6, ['', [row(`${six}:1263`, `${six}:9C40`, 5), row(`${six}:9C40`, `${six}:1263`, 6)].join('\n')]),
  ).toBe('6');
  expect(peerInode(v4, [row(own, peer, 78), ''])).toBe('');
  expect(peerInode(v4, [[row(own, peer, 78), row(peer, own, 0)].join('\n'), ''])).toBe('');
  expect(peerInode(v4, ['', ''])).toBeUndefined();
  expect(peerInode(v4, [row('0100007F:0001', '0100007F:0002', 9), ''])).toBeUndefined();
});
