import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findSandbox, sandboxFor, sandboxPaths, type FoundSandbox } from '../../src/isolation/sandbox.ts';
import { processService, testConnector } from '../support/process-service.ts';
import { connect, listener } from '../support/talk.ts';

const found = await findSandbox();
const sandboxed = { test: 'problem' in found ? test.skip : test };
const absent: FoundSandbox = { problem: '/usr/bin/bwrap is not installed', fix: 'install bubblewrap' };
const folder = await realpath(await mkdtemp(join(tmpdir(), 'clarity-sandbox-')));

async function files(): Promise<{ workspace: string; home: string; key: string }> {
  const [workspace, home, key] = ['workspace', 'home', 'key'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const name of ['workspace/.clarity/secrets', 'home/.ssh', 'home/.npm', 'key']) {
    await mkdir(join(folder, name), { recursive: true });
  }
  for (const name of [
    'workspace/.clarity/secrets/a',
    'workspace/open',
    'home/.ssh/id',
    'home/.npmrc',
    'key/user.key',
  ]) {
    await writeFile(join(folder, name), `content of ${name}`);
  }
  return { workspace, home, key };
}

/** Runs a shell program as a service and returns the lines that it writes to its log. */
async function logOf(script: string, over: Parameters<typeof processService>[0] = {}) {
  const { workspace, home, key } = await files();
  const heard = listener();
  const connector = testConnector({
    workspace,
    hidden: [key],
    environment: { ...process.env, HOME: home },
    limits: { probeMs: 100, graceMs: 500 },
  });
  const service = processService({ command: '/bin/sh', args: ['-c', `exec >&2; ${script}`], ...over });
  // A known era means one start.
  const events = { ...heard, era: 'legacy' as const };
  const error = await connect(connector, service, events).catch((reason: unknown) => reason);
  return { lines: heard.lines, error, workspace, home, key };
}

sandboxed.test(
  'T-364 R04c law: a sandboxed service reads neither state, keys, credentials nor the daemon',
  async () => {
    const places = await files();
    const secrets = [
      `${places.workspace}/.clarity/secrets/a`,
      `${places.home}/.ssh/id`,
      `${places.home}/.npmrc`,
      `${places.key}/user.key`,
      `/proc/${String(process.pid)}/environ`,
      `/proc/${String(process.pid)}/cmdline`,
    ];
    const script = secrets.map((path) => `echo "read:$(cat ${path} 2>/dev/null | wc -c)"`).join('; ');
    const { lines } = await logOf(`${script}; echo "open:$(cat open)"; ls /run/*.sock /run/docker.sock; exit 3`, {
      sandbox: 'required',
    });
    expect(lines.filter((line) => line.startsWith('read:'))).toEqual(secrets.map(() => 'read:0'));
    expect(lines).toContain('open:content of workspace/open');
    // The same service without a sandbox reads every one of them: the test would notice a sandbox that hides nothing.
    const free = await logOf(`${script}; exit 3`);
    expect(free.lines.filter((line) => line === 'read:0')).toEqual([]);
  },
);

sandboxed.test(
  'R04c a sandboxed service writes its working folder and caches only, and keeps no capability',
  async () => {
    const { home } = await files();
    const script = [
      'for f in ./mine "$1/.npm/x" /tmp/own; do echo x >$f && echo "wrote:$f"; done',
      'for f in "$1/other" /etc/other /usr/other; do echo x >$f || echo "kept:$f"; done',
      'grep CapEff /proc/self/status; mount -t tmpfs none /usr || echo "no mount"; exit 3',
    ].join('; ');
    const { lines } = await logOf(script, {
      sandbox: 'required',
      args: ['-c', `exec >&2; ${script}`, 'sh', home],
    });
    expect(lines.filter((line) => line.startsWith('wrote:'))).toEqual([
      'wrote:./mine',
      `wrote:${home}/.npm/x`,
      'wrote:/tmp/own',
    ]);
    expect(lines.filter((line) => line.startsWith('kept:'))).toEqual(['kept:/etc/other', 'kept:/usr/other']);
    // The folder of the test is below /tmp, so the service wrote to its own /tmp.
    expect(['other', '../own', '.npm/x'].map((name) => existsSync(join(home, name)))).toEqual([false, false, true]);
    expect(lines).toEqual(expect.arrayContaining(['CapEff: 0000000000000000', 'no mount']));
  },
);

sandboxed.test('R04c R18h limits apply in a sandbox, and its own processes do not count', async () => {
  const { error } = await logOf('while :; do sleep 60 & done', { sandbox: 'required', limits: { processes: 12 } });
  expect(error).toMatchObject({ failure: { field: 'spec.limits.processes' } });
  const calm = await logOf('sleep 1; exit 3', { sandbox: 'required', limits: { processes: 2 } });
  expect(calm.error).toMatchObject({ message: expect.stringContaining('exited with code 3') });
});

test('T-365 R04c a required sandbox that is absent is refused at apply and at start, with the fix', async () => {
  const connector = testConnector({ findSandbox: () => Promise.resolve(absent) });
  const refused = {
    code: 'ISOLATION_UNAVAILABLE',
    message: expect.stringContaining('spec.sandbox is required, and /usr/bin/bwrap is not installed'),
    failure: { field: 'spec.sandbox', hint: 'install bubblewrap, or set spec.sandbox to auto' },
  };
  const service = processService({ command: '/bin/sh', sandbox: 'required' });
  await expect(connector.admit(service.manifest)).rejects.toMatchObject(refused);
  await expect(connect(connector, service)).rejects.toMatchObject(refused);
});

test('R04c a service with `auto` runs without an absent sandbox, and its log says so', async () => {
  const heard = listener();
  const connector = testConnector({
    findSandbox: () => Promise.resolve(absent),
    limits: { probeMs: 100, graceMs: 500 },
  });
  const service = processService({ command: '/bin/sh', args: ['-c', 'exit 3'], sandbox: 'auto' });
  await expect(connector.admit(service.manifest)).resolves.toBeUndefined();
  await connect(connector, service, heard).catch(() => undefined);
  expect(heard.lines[0]).toBe(
    'spec.sandbox is auto, and /usr/bin/bwrap is not installed: the service runs without a sandbox',
  );
});

test('R04c a sandbox program that fails is refused with its message', async () => {
  const broken = join(folder, 'bwrap');
  await writeFile(broken, '#!/bin/sh\necho "bwrap: setting up uid map: Permission denied" >&2\nexit 1\n', {
    mode: 0o755,
  });
  expect(await findSandbox('linux', [broken])).toMatchObject({ problem: expect.stringContaining('Permission denied') });
  expect(await findSandbox('linux', [join(folder, 'absent')])).toMatchObject({
    problem: expect.stringContaining('is not installed'),
    fix: expect.stringContaining('bubblewrap'),
  });
  expect(await findSandbox('win32')).toMatchObject({ problem: 'win32 has no sandbox' });
  expect(await sandboxFor('none', () => Promise.reject(new Error('not asked')))).toBeUndefined();
});

test('R04c hidden paths are those that exist, without links, and not those that the service works in', async () => {
  const { workspace, home, key } = await files();
  await symlink(key, join(folder, 'link')).catch(() => undefined);
  const options = { workspace, hidden: [join(folder, 'link'), '/absent'], program: '/bin/sh', home };
  expect(await sandboxPaths({ ...options, cwd: workspace })).toMatchObject({
    cwd: workspace,
    writable: [join(home, '.npm')],
    hiddenFolders: [join(workspace, '.clarity'), key, join(home, '.ssh')],
    hiddenFiles: [join(home, '.npmrc')],
  });
  const { hiddenFolders } = await sandboxPaths({ ...options, cwd: join(home, '.ssh') });
  expect(hiddenFolders).toEqual([join(workspace, '.clarity'), key]);
});
