import { ClarityError } from '@clarity-runtime/core';
import { expect, test } from '@jest/globals';
import { fakeDaemon } from '../support/fake-daemon.ts';

const ENDPOINT = 'http://localhost:9/mcp?tenant=a';
const REQUIRED = ['add-remote', '--endpoint', ENDPOINT, '--module', 'far'];

test('[cli.add-remote.endpoint] [cli.add-remote.module] add-remote starts a service and prints its tools', async () => {
  await using daemon = await fakeDaemon();
  const flags = ['--name', 'Far away', '--auth-ref', 'env:FAR', '--timeout-ms', '1500', '--transport', 'sse_http'];
  const bounds = ['--allow-tools', 'a, b', '--allow-tools', 'c', '--deny-tools', 'b', '--max-payload-bytes', '2048'];
  const argv = [...REQUIRED, ...flags, ...bounds, '--max-concurrency', '3'];
  const { exitCode, stdout, stderr } = await daemon.ctl(argv);
  expect(exitCode).toBe(0);
  // The fake service has other tools than the policy names.
  expect(stderr).toContain("far: allowTools of spec.policy names 'a', which is not a tool of the service\n");
  expect(daemon.admitted).toMatchObject([
    {
      metadata: { sourceFile: 'http://localhost:9/mcp', module: 'far', displayName: 'Far away' },
      spec: {
        origin: {
          type: 'remote_mcp',
          endpoint: ENDPOINT,
          transport: 'sse_http',
          authRef: 'env:FAR',
          timeoutMs: 1500,
          allowedTools: ['a', 'b', 'c'],
          maxPayloadBytes: 2048,
          maxConcurrency: 3,
        },
        policy: { denyTools: ['b'] },
        autostart: true,
      },
    },
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, namespace: 'far', tools: ['fn__add'] });
});

test('add-remote only registers the service when --no-start is set', async () => {
  await using daemon = await fakeDaemon();
  const { stdout } = await daemon.ctl([...REQUIRED, '--no-start'], { columns: 100 });
  expect(stdout).toMatch(/^far \(svc_[a-f0-9]{12}\) is REGISTERED\n$/);
});

test.each([
  [['--timeout-ms', '99'], "--timeout-ms must be a number from 100 to 120000, not '99'"],
  [['--timeout-ms', 'soon'], "--timeout-ms must be a number from 100 to 120000, not 'soon'"],
  [['--max-payload-bytes', '1023'], '--max-payload-bytes must be a number from 1024 to 10485760'],
  [['--max-concurrency', '0'], '--max-concurrency must be a number from 1 to 256'],
  [['--allow-tools', ' , '], '--allow-tools must be a comma-separated list of at least one name'],
  [['--transport', 'smoke'], '--transport must be streamable_http or sse_http'],
  [['--endpoint', 'ftp://x'], '--endpoint must be an http or https URL'],
  [['--endpoint', 'http://u:p@x/'], 'name the credential with --auth-ref'],
])('add-remote rejects %j, names the flag and registers nothing', async (flags, message) => {
  await using daemon = await fakeDaemon();
  const { exitCode, stdout, stderr } = await daemon.ctl([...REQUIRED, ...flags]);
  expect([exitCode, stdout, daemon.admitted]).toEqual([2, '', []]);
  expect(stderr).toContain(message);
});

test('add-remote prints the health and a hint when the service rejects the credential', async () => {
  await using daemon = await fakeDaemon();
  daemon.startFailure = new ClarityError('UPSTREAM_UNAUTHORIZED', 'localhost answered 401');
  const { exitCode, stderr } = await daemon.ctl(REQUIRED);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('error: far did not start (UNAUTHORIZED): ');
  expect(stderr).toContain('--auth-ref');
});

test('add-process registers the words after -- as command and arguments', async () => {
  await using daemon = await fakeDaemon();
  const env = ['--env', 'A=1', '--env', 'B=x=y', '--env-ref', 'TOKEN=env:SOME'];
  const argv = ['add-process', 'near', ...env, '--cwd', 'sub', '--', 'node', '--flag', '-x', 'a b', '--'];
  const { exitCode, stdout, stderr } = await daemon.ctl(argv, { cwd: '/srv' });
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({ namespace: 'near', tools: ['fn__add'] });
  expect(daemon.admitted[0]).toMatchObject({
    metadata: { sourceFile: 'node', module: 'near' },
    spec: {
      origin: {
        type: 'local_process',
        command: 'node',
        args: ['--flag', '-x', 'a b', '--'],
        cwd: '/srv/sub',
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: 'x=y' },
          { name: 'TOKEN', secretRef: 'env:SOME' },
        ],
      },
    },
  });
});

test.each([
  [['add-process', 'near'], 'the program is missing'],
  [['add-process', 'near', '--'], 'the program is missing'],
  [['add-process', 'near', '--env', 'novalue', '--', 'x'], '--env must be NAME=VALUE'],
  [['add-process', 'near', '--env', 'A=1', '--env-ref', 'A=env:B', '--', 'x'], 'environment variable A is set twice'],
])('add-process rejects %j', async (argv, message) => {
  await using daemon = await fakeDaemon();
  const { exitCode, stderr } = await daemon.ctl(argv);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});
