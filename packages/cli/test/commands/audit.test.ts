import { readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fsTelemetry, openFsStore, runtimeFolder, trustFolders } from '@clarity-runtime/adapter-store-fs';
import { embeddedCaller } from '@clarity-runtime/core';
import { csvLine } from '../../src/commands/audit-export.ts';
import { fakeDaemon, type FakeDaemon } from '../support/fake-daemon.ts';
import { manifestOf } from '../support/manifest.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const fill = async ({ runtime }: FakeDaemon, count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) {
    const data = { tool: 'add', outcome: i % 2 === 0 ? 'ok' : 'tool_error', durationMs: 1.5 };
    const event = {
      kind: 'service.tool_called',
      level: 'info',
      message: '=1+1',
      caller: embeddedCaller,
      data,
    } as const;
    await runtime.audit.record(event);
  }
};

test('[cli.audit.verify] audit verify prints the verdict of the daemon and exits accordingly', async () => {
  await using daemon = await fakeDaemon();
  await fill(daemon, 3);
  const { exitCode, stdout } = await daemon.ctl(['audit', 'verify'], { columns: 200 });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^the audit log is complete and unchanged\n4 records, 4 links, from seq 1 to 4\nhead [0-9a-f]{64}\n$/,
  );
  const [head = ''] = /[0-9a-f]{64}/.exec(stdout) ?? [];
  await fill(daemon, 1);
  expect((await daemon.ctl(['audit', 'verify', '--expect', head])).exitCode).toBe(0);
  const wrong = await daemon.ctl(['audit', 'verify', '--expect', '1'.repeat(64)], { columns: 200 });
  expect([wrong.exitCode, wrong.stdout]).toEqual([3, expect.stringContaining('the expected head is not in the chain')]);
  expect((await daemon.ctl(['audit', 'verify', '--expect', 'abc'])).exitCode).toBe(2);
});

test('[cli.audit.verify.files] audit verify reads the files and names the first invalid record', async () => {
  await using folder = await temporaryFolder();
  const store = runtimeFolder(folder.path);
  const telemetry = await fsTelemetry({ folder: store });
  for (const message of ['one', 'two', 'three']) {
    await telemetry.append('default', [{ at: '2026-01-01T00:00:00.000Z', kind: 'a.done', level: 'info', message }]);
  }
  await telemetry[Symbol.asyncDispose]();
  const daemon = await fakeDaemon();
  const verify = ['audit', 'verify', '--workspace', folder.path];
  expect(await daemon.ctl(verify, { columns: 200 })).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('3 records'),
  });
  await daemon[Symbol.asyncDispose]();
  expect(await daemon.ctl(['audit', 'verify'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('audit verify --workspace <folder>'),
  });
  const path = join(store, 'telemetry.json');
  await writeFile(path, (await readFile(path, 'utf8')).replace('"two"', '"owt"'));
  const { exitCode, stdout, stderr } = await daemon.ctl(verify, { columns: 200 });
  expect(exitCode).toBe(3);
  expect(stdout).toContain('broken from seq 2: record 2 or the link over it is not what was written');
  expect(stderr).toContain('copy .clarity/runtime before any repair');
  expect(JSON.parse((await daemon.ctl(verify)).stdout)).toMatchObject({ ok: false, fault: { seq: 2 } });
});

test('T-470 [cli.audit.verify.files] audit verify without a daemon finds an end that was cut with its files', async () => {
  await using folder = await temporaryFolder();
  const root = await realpath(folder.path);
  const trustStore = join(root, 'user');
  const store = runtimeFolder(root);
  const note = async (message: string): Promise<void> => {
    await using open = await openFsStore({ root, trustFolders: trustFolders({ environment: {}, trustStore }) });
    await open.telemetry.append('default', [
      { at: '2026-01-01T00:00:00.000Z', kind: 'a.done', level: 'info', message },
    ]);
  };
  await note('one');
  const older = await readFile(join(store, 'telemetry.json'));
  await note('two');
  await using daemon = await fakeDaemon();
  const verify = ['audit', 'verify', '--workspace', root, '--trust-store', trustStore];
  expect(await daemon.ctl(verify)).toMatchObject({ exitCode: 0 });
  for (const name of await readdir(store)) if (name.startsWith('telemetry.')) await rm(join(store, name));
  await writeFile(join(store, 'telemetry.json'), older);
  const cut = await daemon.ctl(verify, { columns: 200 });
  expect(cut).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('the end is missing: records 2 to 2') });
});

test('[cli.audit.export] audit export writes every matching event once to a new file with mode 600', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  await daemon.runtime.services.apply(embeddedCaller, manifestOf('bills'));
  await fill(daemon, 4_500);
  const exported = await daemon.ctl(['audit', 'export', '--output', 'all.jsonl'], { cwd: folder.path });
  expect(exported).toMatchObject({ exitCode: 0, stdout: '', stderr: expect.stringContaining('4502 events') });
  const lines = (await readFile(join(folder.path, 'all.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(
    Array.from({ length: 4_502 }, (_, i) => i + 1),
  );
  expect((await stat(join(folder.path, 'all.jsonl'))).mode & 0o777).toBe(0o600);
  const again = await daemon.ctl(['audit', 'export', '--output', 'all.jsonl'], { cwd: folder.path });
  expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('already exists') });
  const bills = await daemon.ctl(['audit', 'export', '--service', 'bills']);
  expect(bills.stdout.trimEnd().split('\n')).toHaveLength(1);
  const failed = await daemon.ctl(['audit', 'export', '--outcome', 'tool_error', '--format', 'csv']);
  expect(failed.stdout.trimEnd().split('\n')).toHaveLength(2_251);
  expect(await readdir(folder.path)).toEqual(['all.jsonl']);
});

test('[audit.filters] audit prints the events that match its filters', async () => {
  await using daemon = await fakeDaemon();
  await fill(daemon, 4);
  const seqs = async (...flags: string[]): Promise<readonly number[]> => {
    const { stdout } = await daemon.ctl(['audit', ...flags]);
    return (JSON.parse(stdout) as { items: { seq: number }[] }).items.map(({ seq }) => seq);
  };
  expect(await seqs('--outcome', 'tool_error')).toEqual([3, 5]);
  expect(await seqs('--kind', 'runtime.started')).toEqual([1]);
  expect(await seqs('--caller', embeddedCaller.credential.id, '--limit', '1')).toEqual([5]);
  expect(await seqs('--until', '2020-01-01')).toEqual([]);
  expect((await daemon.ctl(['audit', '--since', 'yesterday'])).exitCode).toBe(2);
  expect((await daemon.ctl(['audit', 'burn'])).exitCode).toBe(2);
  expect((await daemon.ctl(['audit', 'export', '--format', 'xml'])).exitCode).toBe(2);
});

test('audit export escapes formulas and quotes in CSV cells', () => {
  const base = { seq: 1, at: '2026-01-01T00:00:00.000Z', kind: 'a.done', level: 'info', id: 'x/1/1' } as const;
  const messageOf = (message: string): string =>
    csvLine({ ...base, message })
      .split(',')
      .slice(11, -1)
      .join(',');
  expect(['=cmd()', '+1+1', '-x', '@sum', '\tx', '-12.5', 'plain'].map(messageOf)).toEqual([
    "'=cmd()",
    "'+1+1",
    "'-x",
    "'@sum",
    "'\tx",
    '-12.5',
    'plain',
  ]);
  expect(messageOf('say "hi", =1')).toBe('"say ""hi"", =1"');
  expect(csvLine({ ...base, message: 'm', data: { outcome: '=x', durationMs: 2, tool: 'a' } })).toBe(
    '1,x/1/1,2026-01-01T00:00:00.000Z,a.done,info,,,,,\'=x,2,m,"{""tool"":""a""}"',
  );
});
