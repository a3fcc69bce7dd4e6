import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createHttpServer } from '@clarity-runtime/adapter-http';
import { createRuntime } from '@clarity-runtime/core';
import { openTenants } from '../../src/composition/tenants.ts';
import { runCtl } from '../../src/programs/clarityctl-program.ts';
import { exitCodeOf } from '../../src/programs/run-program.ts';
import { capture } from '../support/capture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function stage() {
  const folder = await temporaryFolder();
  const runtime = await createRuntime({}, { words: 'program' });
  const tenants = await openTenants({
    isShared: false,
    workspace: join(folder.path, 'workspace'),
    own: runtime,
    environment: { HOME: folder.path },
    trustStore: join(folder.path, 'trust'),
    remote: { ownAddresses: () => [] },
    runtime: { words: 'program' },
    log: () => undefined,
  });
  const server = createHttpServer(runtime, { host: '127.0.0.1', port: 0, tenants, words: 'program' });
  const { url } = await server.listen();
  return {
    ctl: async (...argv: readonly string[]) => {
      const [stdout, stderr] = [capture(120), capture(120)];
      const env = { CLARITYD_URL: url, NO_COLOR: '1' };
      const exitCode = await exitCodeOf(runCtl, { argv, cwd: process.cwd(), stdout, stderr, env });
      return { exitCode, stdout: stdout.text, stderr: stderr.text };
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await tenants.close();
      await runtime.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('tenant creates, lists and removes tenants, and says what a removal deleted', async () => {
  await using s = await stage();
  expect((await s.ctl('tenant', 'list', '-o', 'table')).stdout).toBe('no tenants besides default\n');
  const made = await s.ctl('tenant', 'create', 'acme', '-o', 'table');
  expect([made.exitCode, made.stdout]).toEqual([0, expect.stringContaining("tenant 'acme' created")]);
  expect((await s.ctl('tenant', 'create', 'acme')).stderr).toContain('the tenant exists already');
  expect((await s.ctl('tenant', 'create', 'Acme')).exitCode).not.toBe(0);
  await s.ctl('token', 'create', 'bot', '--tenant', 'acme');
  expect((await s.ctl('tenant', 'list', '-o', 'table')).stdout).toMatch(/acme\s+open\s+0\s+1/);
  const removed = await s.ctl('tenant', 'remove', 'acme', '-o', 'table');
  expect([removed.exitCode, removed.stdout + removed.stderr]).toEqual([
    0,
    expect.stringContaining('deleted: 0 services, 1 active tokens'),
  ]);
  expect((await s.ctl('tenant', 'remove', 'acme')).stderr).toContain('tenant not found');
});

test('--tenant acts in a tenant, and an unknown one is refused', async () => {
  await using s = await stage();
  await s.ctl('tenant', 'create', 'acme');
  await s.ctl('token', 'create', 'bot', '--tenant', 'acme');
  const names = async (...more: readonly string[]) =>
    (JSON.parse((await s.ctl('token', 'list', '--json', ...more)).stdout) as { items: { name: string }[] }).items.map(
      ({ name }) => name,
    );
  expect([await names('--tenant', 'acme'), await names(), await names('--tenant', 'default')]).toEqual([
    ['bot'],
    [],
    [],
  ]);
  expect((await s.ctl('token', 'list', '--tenant', 'none')).stderr).toContain('tenant not found');
  expect((await s.ctl('tools', '--tenant', 'acme')).stderr).toContain('tenant not found');
  const wrong = await s.ctl('list', '--tenant', '../x');
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('--tenant')]);
});

test('an action and a name are needed', async () => {
  await using s = await stage();
  expect((await s.ctl('tenant', 'rename', 'a')).stderr).toContain('actions: list, create, remove');
  expect((await s.ctl('tenant', 'create')).stderr).toContain('the name is missing');
});
