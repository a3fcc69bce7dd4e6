import { expect, test } from '@jest/globals';
import { commands } from '../../src/commands/command-table.ts';
import { policyFlags } from '../../src/command-support/policy-flags.ts';
import { fakeDaemon } from '../support/fake-daemon.ts';

const ADDS = ['add', 'add-local', 'add-process', 'add-remote'];

test.each(ADDS)('M22 %s has every flag of a policy', (name) => {
  const command = commands.find(({ syntax }) => syntax.split(' ')[0] === name);
  expect(Object.keys(command?.flags ?? {})).toEqual(expect.arrayContaining(Object.keys(policyFlags)));
});

test('M22 add-process writes the flags of a policy to spec.policy', async () => {
  await using daemon = await fakeDaemon();
  const flags = ['--timeout-ms', '900', '--max-timeout-ms', '5000', '--allow-tools', 'a,b', '--deny-tools', 'b'];
  const limits = ['--max-payload-bytes', '4096', '--max-concurrency', '2', '--no-start'];
  const { exitCode, stderr } = await daemon.ctl(['add-process', 'notes', ...flags, ...limits, '--', 'node', 'x.mjs']);
  expect([exitCode, stderr]).toEqual([0, '']);
  const policy = {
    timeoutMs: 900,
    maxTimeoutMs: 5000,
    allowTools: ['a', 'b'],
    denyTools: ['b'],
    maxRequestBytes: 4096,
    maxResponseBytes: 4096,
    maxConcurrency: 2,
  };
  expect(daemon.admitted).toMatchObject([{ spec: { origin: { type: 'local_process' }, policy } }]);
});

test('M22 add-process writes no policy without its flags', async () => {
  await using daemon = await fakeDaemon();
  await daemon.ctl(['add-process', 'notes', '--no-start', '--', 'node', 'x.mjs']);
  expect(daemon.admitted).toHaveLength(1);
  expect(JSON.stringify(daemon.admitted)).not.toContain('"policy":');
});

test('M22 add-process rejects a flag of a policy out of range', async () => {
  await using daemon = await fakeDaemon();
  const { exitCode, stderr } = await daemon.ctl(['add-process', 'notes', '--timeout-ms', '9', '--', 'node']);
  expect([exitCode, daemon.admitted]).toEqual([2, []]);
  expect(stderr).toContain('--timeout-ms must be a number from 10 to 600000');
});
