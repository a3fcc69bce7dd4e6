import { expect, test } from '@jest/globals';
import { embeddedCaller } from '@clarity-runtime/core';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { manifestOf } from '../support/manifest.ts';

async function withPolicy() {
  const daemon = await fakeDaemon();
  const manifest = manifestOf('bills');
  const policy = { denyTools: ['fn__drop'], maxRequestBytes: 2048, tools: { fn__add: { timeoutMs: 100 } } };
  await daemon.runtime.services.apply(embeddedCaller, { ...manifest, spec: { ...manifest.spec, policy } });
  return daemon;
}

test('policy show prints the effective policy and the source of each value', async () => {
  await using daemon = await withPolicy();
  const { exitCode, stdout } = await daemon.ctl(['policy', 'show', 'bills'], { columns: 120 });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/RULE +HOLDS +SPEC\.POLICY +POLICY 'DEFAULT' +THE DEFAULTS/);
  expect(stdout).toMatch(/maxRequestBytes +2048 +2048 +- +2048/);
  expect(stdout).toMatch(/denyTools +fn__drop/);
  expect(stdout).toMatch(/fn__add: timeoutMs +100/);
  expect(JSON.parse((await daemon.ctl(['policy', 'show', 'bills'])).stdout)).toMatchObject({
    policyRef: 'default',
    effective: { denyTools: ['fn__drop'] },
  });
});

test('policy test prints the verdict for a call without calling the tool', async () => {
  await using daemon = await withPolicy();
  const allowed = await daemon.ctl(['policy', 'test', 'bills', 'fn__add'], { columns: 120 });
  expect(allowed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('fn__add of bills is allowed') });
  const blocked = await daemon.ctl(['policy', 'test', 'bills', 'fn__drop'], { columns: 120 });
  expect(blocked.exitCode).toBe(1);
  expect(blocked.stdout).toContain(`tool 'fn__drop' is denied by denyTools of spec.policy`);
  const large = await daemon.ctl(['policy', 'test', 'bills', 'fn__add', '--bytes', '4096']);
  expect(large.exitCode).toBe(1);
  expect(JSON.parse(large.stdout)).toMatchObject({
    verdict: 'refused',
    rule: 'maxRequestBytes',
    code: 'PAYLOAD_TOO_LARGE',
  });
});

test.each([
  [['policy', 'prove', 'bills']],
  [['policy', 'test', 'bills']],
  [['policy', 'test', 'bills', 'x', '--bytes', 'many']],
  [['policy', 'show']],
])('clarityctl exits 2 for %j', async (argv) => {
  await using daemon = await withPolicy();
  expect((await daemon.ctl(argv)).exitCode).toBe(2);
});
