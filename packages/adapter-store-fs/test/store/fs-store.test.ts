import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  acquireDaemonLock,
  nodeFiles,
  openFsStore,
  processTable,
  type FsStore,
  type ProcessTable,
} from '@clarity-runtime/adapter-store-fs';
import { leasesContract, sampleRecord, sampleWrite } from '@clarity-runtime/core/testing';
import { temporaryFolder } from '../support/temporary-folder.ts';

const real = processTable();
const folderOf = (root: string): string => join(root, '.clarity', 'runtime');
/** Names in a folder without files whose space is kept. */
const locksIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder)).filter((name) => !/\.spare2?$/.test(name));
const lockPath = (root: string): string => join(folderOf(root), 'daemon.lock');

leasesContract({ describe, test, expect }, 'a workspace on files', async () => {
  const root = await temporaryFolder();
  const last: FsStore[] = [];
  return {
    durable: true,
    isGreater: (fence, than) => Number(fence) > Number(than),
    open: async () => {
      await last.pop()?.[Symbol.asyncDispose]();
      const workspace = await openFsStore({ root });
      last.push(workspace);
      return workspace.leases;
    },
  };
});

test('openFsStore reads the records of the previous start and increments the boot number', async () => {
  const root = await temporaryFolder();
  const first = await openFsStore({ root });
  await first.registry.put('default', sampleRecord('a'), 'absent', sampleWrite());
  const sha256 = await first.artifacts.put('default', 'wasm', Buffer.from('code'));
  const at = new Date().toISOString();
  const [event] = await first.telemetry.append('default', [{ at, kind: 'a.done', level: 'info', message: 'a' }]);
  expect(event?.id).toBe(`${first.boot.instance}/1/1`);
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  await using second = await openFsStore({ root });
  expect(second.boot).toEqual({ instance: first.boot.instance, boot: 2 });
  expect((await second.registry.list('default')).items).toHaveLength(1);
  expect(await second.telemetry.events('default', { limit: 9 })).toEqual([event]);
  expect(await second.artifacts.get('default', 'wasm', sha256)).toBeDefined();
});

test('D08 openFsStore fails with pid and URL of the holder when another process has the lock', async () => {
  const root = await temporaryFolder();
  await using first = await openFsStore({ root });
  await first.lock.announce('http://127.0.0.1:4707');
  await expect(openFsStore({ root })).rejects.toMatchObject({
    kind: 'conflict',
    message: expect.stringMatching(
      new RegExp(`pid ${String(process.pid)}, http://127.0.0.1:4707\\) uses this workspace`),
    ),
  });
  await first.registry.put('default', sampleRecord('a'), 'absent', sampleWrite());
  expect(JSON.parse(await readFile(lockPath(root), 'utf8'))).toEqual(first.lock.holder);
  expect(await readdir(folderOf(root))).toContain('daemon.lock');
});

test('the lock is removed on close and after a failed open', async () => {
  const root = await temporaryFolder();
  await (await openFsStore({ root }))[Symbol.asyncDispose]();
  await writeFile(join(folderOf(root), 'registry.json'), '{');
  await expect(openFsStore({ root })).rejects.toMatchObject({ kind: 'corrupt' });
  expect(await readdir(folderOf(root))).not.toContain('daemon.lock');
});

test('D09 openFsStore takes over the lock of a killed process', async () => {
  const root = await temporaryFolder();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const holder = { pid: child.pid, instance: 'x', startTime: real.startOf(child.pid ?? 0), bootId: real.bootId() };
  await mkdir(folderOf(root), { recursive: true });
  await writeFile(lockPath(root), JSON.stringify(holder));
  await expect(openFsStore({ root })).rejects.toMatchObject({ kind: 'conflict' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  await (await openFsStore({ root }))[Symbol.asyncDispose]();
});

describe('T-283 a lock is taken over only if its holder has provably ended', () => {
  const holder = { pid: process.pid, instance: 'x', startTime: '100', bootId: 'boot-1' };
  const table = (now: { startTime?: string; bootId?: string; alive?: boolean }): ProcessTable => ({
    bootId: () => now.bootId,
    startOf: () => now.startTime,
    alive: () => now.alive ?? true,
  });
  test.each([
    ['nothing differs', { startTime: '100', bootId: 'boot-1' }, 'held'],
    ['the pid does not exist', { alive: false }, 'free'],
    ['another process has the pid', { startTime: '200', bootId: 'boot-1' }, 'free'],
    ['the machine was restarted', { startTime: '100', bootId: 'boot-2' }, 'free'],
    ['the system has no process facts', {}, 'held'],
  ] as const)('%s', async (_, now, outcome) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'daemon.lock'), JSON.stringify(holder));
    const taken = acquireDaemonLock({ folder, files: nodeFiles, processes: table(now) });
    const answer = await taken.then(
      () => 'free',
      () => 'held',
    );
    expect(answer).toBe(outcome);
    expect(await locksIn(folder)).toEqual(['daemon.lock']);
  });
  test('a file that is not a lock is kept and open fails with conflict', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'daemon.lock'), 'what is this');
    await expect(acquireDaemonLock({ folder, files: nodeFiles })).rejects.toMatchObject({ kind: 'conflict' });
    expect(await readFile(join(folder, 'daemon.lock'), 'utf8')).toBe('what is this');
  });
  test('processTable without /proc has no start time and no boot id, and finds its own pid alive', async () => {
    const bare = processTable('/nowhere');
    expect([bare.bootId(), bare.startOf(process.pid), bare.alive(process.pid)]).toEqual([undefined, undefined, true]);
    expect(real.startOf(process.pid)).toMatch(/^\d+$/);
    const folder = await temporaryFolder();
    await using lock = await acquireDaemonLock({ folder, files: nodeFiles, processes: bare });
    expect(lock.holder).toEqual({ pid: process.pid, instance: lock.holder.instance });
    await expect(acquireDaemonLock({ folder, files: nodeFiles, processes: bare })).rejects.toThrow(
      'another runtime of this process',
    );
  });
});

test('D08 exactly one of several concurrent processes takes over a stale lock', async () => {
  for (let round = 0; round < 25; round += 1) {
    const folder = await temporaryFolder();
    const dead = { pid: 2 ** 22 + 1, instance: `dead-${String(round)}` };
    await writeFile(join(folder, 'daemon.lock'), JSON.stringify(dead));
    const contenders = Array.from({ length: 8 }, () => acquireDaemonLock({ folder, files: nodeFiles }));
    const outcomes = await Promise.allSettled(contenders);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await locksIn(folder)).toEqual(['daemon.lock']);
  }
});

test('D19 openFsStore removes temporary files of the store and no other files', async () => {
  const root = await temporaryFolder();
  const artifacts = join(folderOf(root), 'artifacts');
  await mkdir(artifacts, { recursive: true });
  const ours = ['registry.json.tmp-123-456', 'telemetry.json.bak.tmp-ab', 'daemon.lock.tmp-00', 'boot.json.tmp-1'];
  const others = ['notes.tmp-1', 'registry.json.mine', 'my.tmp-file.txt'];
  for (const name of [...ours, ...others]) await writeFile(join(folderOf(root), name), 'x');
  await writeFile(join(artifacts, `${'a'.repeat(64)}.wasm.tmp-0a`), 'x');
  await (await openFsStore({ root }))[Symbol.asyncDispose]();
  const left = await readdir(folderOf(root));
  expect(left.filter((name) => ours.includes(name))).toEqual([]);
  expect(left).toEqual(expect.arrayContaining(others));
  expect(await readdir(artifacts)).toEqual([]);
});

test('D14 openFsStore restricts folders to 0700 and files to 0600', async () => {
  const root = await temporaryFolder();
  const first = await openFsStore({ root });
  await first.registry.put('default', sampleRecord('a'), 'absent', sampleWrite());
  await first.telemetry.log('default', 's', ['x']);
  await first[Symbol.asyncDispose]();
  for (const name of await readdir(folderOf(root))) await chmod(join(folderOf(root), name), 0o666);
  for (const folder of [folderOf(root), join(root, '.clarity')]) await chmod(folder, 0o755);
  await using second = await openFsStore({ root });
  await second.telemetry.log('default', 's', ['y']);
  const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
  for (const folder of [folderOf(root), join(root, '.clarity')]) expect(await modeOf(folder)).toBe(0o700);
  for (const name of await readdir(folderOf(root))) expect(await modeOf(join(folderOf(root), name))).toBe(0o600);
});

test('the session key is the same at the next start, has mode 0600 and is replaced when damaged', async () => {
  const root = await temporaryFolder();
  const keyOf = async (): Promise<string> => {
    await using workspace = await openFsStore({ root });
    return Buffer.from(workspace.sessionKey).toString('hex');
  };
  const first = await keyOf();
  expect(first).toHaveLength(64);
  expect(await keyOf()).toBe(first);
  const path = join(folderOf(root), 'session.key');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await writeFile(path, 'short');
  expect(await keyOf()).not.toBe(first);
});
