import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ClarityError, embeddedCaller } from '@clarity-runtime/core';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A daemon with the program `mem` and the remote service `far`, which both run. */
async function services() {
  const folder = await temporaryFolder();
  const daemon = await fakeDaemon();
  const cwd = folder.path;
  const ctl = async (...argv: readonly string[]) => {
    const ran = await daemon.ctl(argv, { cwd });
    return { ...ran, json: (ran.stdout.startsWith('{') ? JSON.parse(ran.stdout) : {}) as Record<string, unknown> };
  };
  await ctl('add', 'mem', '--', 'node', 'a.mjs', 'one');
  await ctl('add', 'https://far.example/mcp', '--module', 'far');
  const view = (name: string) => {
    const found = daemon.runtime.services.list(embeddedCaller).find(({ service }) => service.namespace === name);
    if (found === undefined) throw new Error(`no service ${name}`);
    return found;
  };
  return {
    ...{ daemon, cwd, ctl, view },
    origin: (name: string) => view(name).service.manifest.spec.origin as unknown as Record<string, unknown>,
    [Symbol.asyncDispose]: async () => {
      await daemon[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('[first-hour.20] set stores a secret of a file: same id, started again, the value in no answer', async () => {
  await using at = await services();
  const { serviceId } = at.view('mem').service;
  await writeFile(join(at.cwd, 'token'), 'Canary-7719\n');
  const { exitCode, stdout, stderr } = await at.ctl('set', 'mem', 'env.TOKEN=@token');
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('file:set/mem/TOKEN')]);
  expect(at.view('mem')).toMatchObject({ service: { serviceId }, status: { lifecycle: 'RUNNING' } });
  expect(at.origin('mem')).toMatchObject({ env: [{ name: 'TOKEN', secretRef: 'file:set/mem/TOKEN' }] });
  const shown = [
    stdout,
    stderr,
    ...(await Promise.all(['audit', 'export'].map((verb) => at.ctl(verb)))).map((ran) => ran.stdout),
  ];
  expect(shown.join('')).not.toContain('Canary-7719');
  // The same place again: the value changes, the manifest stays, and the service reads the new value.
  await writeFile(join(at.cwd, 'token'), 'Canary-8820');
  const again = await at.ctl('set', 'mem', 'env.TOKEN=@token');
  expect(again.json).toMatchObject({ changed: true, changes: [], secrets: ['file:set/mem/TOKEN'] });
  const kinds = (await at.daemon.runtime.audit.recent(embeddedCaller, { limit: 50 })).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'service.started').length).toBeGreaterThanOrEqual(3);
});

test('[first-hour.20] set starts a service that failed, and leaves one alone that was stopped or is disabled', async () => {
  await using at = await services();
  const start = async (): Promise<string> => {
    await at.ctl('set', 'mem', `env.TRY=${String(Math.random())}`);
    return at.view('mem').status.lifecycle;
  };
  await at.ctl('stop', 'mem');
  expect(await start()).toBe('STOPPED');
  at.daemon.startFailure = new ClarityError('UPSTREAM_LOST', 'the process exited with code 1');
  await at.ctl('start', 'mem');
  expect(at.view('mem').status).toMatchObject({ lifecycle: 'STOPPED', health: 'DEGRADED' });
  expect(await start()).toBe('STOPPED');
  at.daemon.startFailure = undefined;
  expect(await start()).toBe('RUNNING');
  await at.ctl('disable', 'mem');
  expect(await start()).toBe('STOPPED');
});

test.each([
  [['args+=two'], { args: ['a.mjs', 'one', 'two'] }],
  [['args=["b c","d"]'], { args: ['b c', 'd'] }],
  [['command=deno', 'args=run x.ts'], { command: 'deno', args: ['run', 'x.ts'] }],
  [['env.LOG=debug'], { env: [{ name: 'LOG', value: 'debug' }] }],
  [['env.HOME=env:HOME'], { env: [{ name: 'HOME', from: 'HOME' }] }],
])('set mem %j', async (words, expected) => {
  await using at = await services();
  expect((await at.ctl('set', 'mem', ...words)).exitCode).toBe(0);
  expect(at.origin('mem')).toMatchObject(expected);
  expect(at.view('mem').status.lifecycle).toBe('RUNNING');
});

test('set changes limits, labels and values of a remote service, and an empty value removes them', async () => {
  await using at = await services();
  const words = ['header.X-Team=core', 'query.v=2', 'start.timeout=2m', 'label.team=core', 'timeout=9s', 'proxy=none'];
  expect((await at.ctl('set', 'far', ...words)).exitCode).toBe(0);
  expect(at.view('far').service.manifest).toMatchObject({
    metadata: { labels: { team: 'core' } },
    spec: {
      start: { idleMs: 120_000, maxMs: 120_000 },
      policy: { timeoutMs: 9_000 },
      origin: { headers: [{ name: 'X-Team', value: 'core' }], query: [{ name: 'v', value: '2' }], proxy: 'none' },
    },
  });
  const removed = ['header.x-team=', 'query.v=', 'start.timeout=', 'label.team=', 'timeout=', 'proxy='];
  expect((await at.ctl('set', 'far', ...removed)).exitCode).toBe(0);
  const { manifest } = at.view('far').service;
  expect(manifest.metadata).not.toHaveProperty('labels');
  expect(manifest.spec).not.toHaveProperty('start');
  expect(Object.keys(manifest.spec.origin).sort()).toEqual(['endpoint', 'transport', 'type']);
});

test('a changed target is a new id under the same name, and the old id still finds it', async () => {
  await using at = await services();
  const { serviceId } = at.view('far').service;
  expect((await at.ctl('set', 'far', 'url=https://other.example/mcp')).exitCode).toBe(0);
  expect(at.view('far').service.serviceId).not.toBe(serviceId);
  expect((await at.ctl('describe', serviceId)).exitCode).toBe(0);
});

test('disable, enable and rename keep id and settings', async () => {
  await using at = await services();
  const { serviceId } = at.view('mem').service;
  expect((await at.ctl('disable', 'mem')).exitCode).toBe(0);
  expect(at.view('mem')).toMatchObject({
    service: { manifest: { spec: { enabled: false } } },
    status: { lifecycle: 'STOPPED' },
  });
  const refused = await at.ctl('start', 'mem');
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('clarityctl enable')]);
  expect((await at.ctl('enable', 'mem')).exitCode).toBe(0);
  expect(at.view('mem')).toMatchObject({ service: { serviceId }, status: { lifecycle: 'RUNNING' } });
  expect((await at.ctl('rename', 'mem', 'memory')).exitCode).toBe(0);
  expect(at.view('memory').service.serviceId).toBe(serviceId);
  expect((await at.ctl('rename', 'memory', 'mem')).exitCode).toBe(0);
  expect(at.view('mem').service.manifest.spec).not.toHaveProperty('toolNamespace');
});

test('--dry-run changes nothing and stores nothing', async () => {
  await using at = await services();
  await writeFile(join(at.cwd, 'token'), 'Canary-7719');
  const before = at.view('mem').digest;
  const { json, stdout } = await at.ctl('set', 'mem', 'autostart=false', 'env.TOKEN=@token', '--dry-run');
  expect(json).toMatchObject({
    dryRun: true,
    secrets: ['file:set/mem/TOKEN'],
    changes: expect.arrayContaining([{ field: 'spec.autostart', from: 'true', to: 'false' }]) as unknown,
  });
  expect(stdout).not.toContain('Canary-7719');
  expect(at.view('mem').digest).toBe(before);
  expect((await at.ctl('auth', 'list-secrets')).json).toMatchObject({ count: 0 });
});

test.each([
  [['set', 'mem'], 'no setting is given'],
  [['set', 'mem', 'timeot=9s'], "did you mean 'timeout'"],
  [['set', 'mem', 'timeout'], "'timeout' is not a setting"],
  [['set', 'mem', 'timeout=9'], 'timeout must be a duration'],
  [['set', 'mem', 'url=https://a.example/mcp'], 'url is a setting of services behind a URL'],
  [['set', 'far', 'command=node'], 'command is a setting of programs'],
  [['set', 'far', 'env.A=b'], 'env is a setting of programs'],
  [['set', 'mem', 'header.A=b'], 'header is a setting of services behind a URL'],
  [['set', 'mem', 'args=[1]'], 'args is not a JSON array'],
  [['set', 'mem', 'name+=x'], "'name+=' is not possible"],
  [['set', 'mem', 'env.T=@absent'], 'is not a file'],
  [['set', 'mem', 'enabled=yes'], 'enabled must be true or false'],
  [['set', 'mem', 'command='], 'command cannot be empty'],
  [['rename', 'mem'], 'the new name is missing'],
])('%j ends with exit code 2', async (argv, message) => {
  await using at = await services();
  const { exitCode, stderr } = await at.ctl(...argv);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
});

test('a name that another service has is refused', async () => {
  await using at = await services();
  const { exitCode, stderr } = await at.ctl('rename', 'mem', 'far');
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('namespace')]);
});
