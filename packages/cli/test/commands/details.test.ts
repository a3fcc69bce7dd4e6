import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddedCaller } from '@clarity-runtime/core';
import { expect, test } from '@jest/globals';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { manifestOf } from '../support/manifest.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Details {
  readonly logs: readonly string[];
  readonly events: readonly { readonly kind: string }[];
  readonly recentCalls: readonly { readonly kind: string }[];
}

test('[cli.details] details prints manifest, state, interface, logs, events and calls of a service', async () => {
  await using daemon = await fakeDaemon();
  const { service } = await daemon.runtime.services.apply(embeddedCaller, manifestOf('bills'));
  await daemon.runtime.services.apply(embeddedCaller, manifestOf('other'));
  await daemon.ctl(['start', 'bills']);
  const { exitCode, stdout } = await daemon.ctl(['details', 'bills']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    serviceId: service.serviceId,
    summary: { lifecycle: 'RUNNING' },
    service: { manifest: { metadata: { module: 'bills' } } },
    interface: { tools: [{ name: 'fn__add' }] },
    logs: expect.arrayContaining([expect.stringContaining('Service started')]),
    events: [{ kind: 'service.manifest_applied' }, { kind: 'service.started' }],
    recentCalls: [],
  });
  const shown = (await daemon.ctl(['details', 'bills'], { columns: 100 })).stdout;
  for (const part of ['RUNNING', 'fn__add', 'service.started', 'Service started']) expect(shown).toContain(part);
});

test('[cli.details.log-limit] [cli.details.event-limit] [cli.details.call-limit] details bounds lists', async () => {
  await using daemon = await fakeDaemon();
  const { service } = await daemon.runtime.services.apply(embeddedCaller, manifestOf('bills'));
  const { serviceId } = service;
  daemon.lines = ['one', 'two', 'three'];
  await daemon.ctl(['start', 'bills']);
  for (const message of ['first', 'second', 'third']) {
    const event = { kind: 'service.tool_called', level: 'info', message, serviceId, caller: embeddedCaller } as const;
    await daemon.runtime.audit.record(event);
  }
  const flags = ['--log-limit', '2', '--event-limit', '4', '--call-limit', '1'];
  const details = JSON.parse((await daemon.ctl(['details', 'bills', ...flags])).stdout) as Details;
  expect(details.logs.map((line) => line.replace(/^\S+ /, ''))).toEqual(['three', 'Service started']);
  expect(details.events).toHaveLength(4);
  expect(details.recentCalls).toEqual([expect.objectContaining({ message: 'third' })]);
});

test('[cli.doctor] [cli.doctor.daemon] [cli.doctor.compiler] [cli.doctor.workspace] doctor exits 0 without findings', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  const { exitCode, stdout } = await daemon.ctl(['doctor'], { cwd: folder.path });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    checks: [
      { name: 'daemon', status: 'pass', detail: expect.stringContaining(`reachable at ${daemon.url}, clarityd `) },
      { name: 'compiler', status: 'pass', detail: expect.stringMatching(/^built in: clarityc \d/) },
      { name: 'workspace', status: 'pass', detail: `build folder ready: ${join(folder.path, '.clarity', 'build')}` },
      { name: 'node', status: 'pass', detail: `Node ${process.versions.node}` },
      { name: 'port', status: 'pass', detail: expect.stringContaining('is used by the daemon') },
      { name: 'lock', status: 'pass', detail: 'no daemon uses this workspace' },
      { name: 'permissions', status: 'pass', detail: 'no state yet' },
      { name: 'clients', status: 'pass', detail: 'no AI client found' },
      { name: 'client files', status: 'pass', detail: 'no client has this gateway' },
      { name: 'imports', status: 'pass', detail: 'nothing was imported' },
      { name: 'registry', status: 'pass', detail: 'no registry yet' },
      { name: 'records', status: 'pass', detail: 'the daemon can use every stored record' },
      { name: 'secrets', status: 'pass', detail: 'every secret names its hosts or services' },
      { name: 'processes', status: 'pass', detail: 'none is left of earlier daemons' },
      { name: 'token', status: 'pass', detail: 'not visible to services' },
      { name: 'access tokens', status: 'pass', detail: 'none' },
      { name: 'context', status: 'pass', detail: '0 tools, about 0 tokens for each client' },
      { name: 'services', status: 'pass', detail: '0 of 0 services run, and none has failed' },
      { name: 'settings', status: 'pass', detail: 'each setting of the services has an effect' },
      { name: 'tools', status: 'pass', detail: 'every model API accepts the tools' },
      {
        name: 'launch',
        status: 'pass',
        detail: 'the programs, files and credentials of 0 services that do not run exist',
      },
    ],
  });
});

test('[cli.doctor.daemon] [cli.doctor.compiler] [cli.doctor.workspace] doctor lists problems and exits 1', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, '.clarity'), 'a file');
  await using daemon = await fakeDaemon();
  const argv = ['doctor', '--daemon-url', 'http://127.0.0.1:1', '--compiler-bin', '/absent/clarityc'];
  const { exitCode, stdout } = await daemon.ctl(argv, { cwd: folder.path });
  expect(exitCode).toBe(1);
  const { checks } = JSON.parse(stdout) as { checks: readonly { status: string; detail: string }[] };
  expect(checks.slice(0, 3).map(({ status }) => status)).toEqual(['fail', 'fail', 'fail']);
  expect(checks.slice(0, 3).map(({ detail }) => detail)).toEqual([
    'no daemon listens at http://127.0.0.1:1',
    "the compiler '/absent/clarityc' cannot be started: program not found",
    `${join(folder.path, '.clarity')} is not a folder`,
  ]);
});
