import { ClarityError, embeddedCaller } from '@clarity-runtime/core';
import { expect, test } from '@jest/globals';
import { ApiClient } from '../../src/api/api-client.ts';
import { ParsedArgs } from '../../src/arguments/command-grammar.ts';
import { remove } from '../../src/commands/remove.ts';
import { Output } from '../../src/terminal/output.ts';
import { capture } from '../support/capture.ts';
import { fakeDaemon, type FakeDaemon } from '../support/fake-daemon.ts';
import { manifestOf } from '../support/manifest.ts';

async function withService(): Promise<FakeDaemon & { readonly id: string }> {
  const daemon = await fakeDaemon();
  const { service } = await daemon.runtime.services.apply(embeddedCaller, manifestOf('bills'));
  return Object.assign(daemon, { id: service.serviceId });
}

test('[cli.list] list prints JSON on a pipe, a table on a terminal, and a hint for an empty list', async () => {
  await using daemon = await withService();
  const { id } = daemon;
  const { stdout } = await daemon.ctl(['list']);
  expect(JSON.parse(stdout)).toMatchObject({ items: [{ serviceId: id, namespace: 'bills', lifecycle: 'REGISTERED' }] });
  const shown = (await daemon.ctl(['list'], { columns: 120, cwd: '/src' })).stdout;
  expect(shown).toMatch(/ bills\.clarity\n$/);
  expect(shown).toMatch(/^NAME +STATUS +TOOLS +UPTIME +FROM\nbills +new +- +-/);
  expect((await daemon.ctl(['list', '--json'], { columns: 120 })).stdout).toBe(stdout);
  await daemon.ctl(['remove', 'bills', '--yes']);
  expect((await daemon.ctl(['list'], { columns: 80 })).stdout).toContain('`clarityctl add` adds one');
});

test('[cli.status] status prints the state of the daemon and its services', async () => {
  await using daemon = await withService();
  const { id } = daemon;
  expect(JSON.parse((await daemon.ctl(['status'])).stdout)).toMatchObject({
    runtime: { pid: process.pid },
    summary: { total: 1 },
    services: [{ serviceId: id }],
  });
  const { stdout } = await daemon.ctl(['status'], { columns: 100 });
  expect(stdout).toContain(`endpoint  ${daemon.url}/mcp\n`);
  expect(stdout).toContain('services  1: 1 new\n');
});

test('[cli.start] [cli.stop] [cli.restart] the commands accept an id or a namespace', async () => {
  await using daemon = await withService();
  const { id } = daemon;
  const state = async (...argv: string[]): Promise<unknown> => {
    const { exitCode, stdout } = await daemon.ctl(argv);
    const { service } = JSON.parse(stdout) as { service: { runtime: { lifecycle: string } } };
    return [exitCode, service.runtime.lifecycle];
  };
  expect(await state('start', id)).toEqual([0, 'RUNNING']);
  expect(await state('stop', 'bills')).toEqual([0, 'STOPPED']);
  expect(await state('restart', 'bills')).toEqual([0, 'RUNNING']);
  expect((await daemon.ctl(['stop', id], { columns: 80 })).stdout).toBe(`bills (${id}) is STOPPED\n`);
});

test('start exits 1 with the reason when the reply reports a failed start', async () => {
  await using daemon = await withService();
  daemon.startFailure = new ClarityError('WASM_CAPABILITY', 'http_get');
  const { exitCode, stdout, stderr } = await daemon.ctl(['start', 'bills']);
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ service: { runtime: { lifecycle: 'STOPPED', health: 'DEGRADED' } } });
  expect(stderr).toContain('bills did not start: the module uses a capability that it was not granted: http_get');
  expect((await daemon.ctl(['restart', 'bills'])).exitCode).toBe(1);
});

test('[cli.introspect] introspect reads a running service again and reports a stopped one', async () => {
  await using daemon = await withService();
  const stopped = await daemon.ctl(['introspect', 'bills']);
  expect(stopped).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('the service is not running'),
  });
  await daemon.ctl(['start', 'bills']);
  const { stdout } = await daemon.ctl(['introspect', 'bills']);
  expect(JSON.parse(stdout)).toMatchObject({ interface: { tools: [{ name: 'fn__add' }] } });
  expect((await daemon.ctl(['interface', 'bills'], { columns: 80 })).stdout).toBe(
    'TOOL     DESCRIPTION\nfn__add  Adds two numbers.\n',
  );
});

test('[cli.logs] logs prints the newest lines, and JSON with --json; T-238 control characters are escaped', async () => {
  await using daemon = await withService();
  daemon.lines = ['one', 'two\u001b]52;c;aGk=\u0007', 'three'];
  await daemon.ctl(['start', 'bills']);
  const lines = async (...more: string[]): Promise<string> =>
    (await daemon.ctl(['logs', 'bills', ...more])).stdout.replace(/^\[\S+Z\] /gm, '');
  expect(await lines()).toBe('Manifest applied (local_wasm)\none\ntwo?]52;c;aGk=?\nthree\nService started\n');
  expect(await lines('--limit', '2')).toBe('three\nService started\n');
  expect(JSON.parse(await lines('--json'))).toMatchObject({
    lines: expect.arrayContaining([expect.stringContaining(' two?]52;c;aGk=?')]),
  });
  expect((await daemon.ctl(['logs', 'bills', '--limit', '0'])).exitCode).toBe(2);
});

test('[cli.remove] [http.remove] remove stops and removes a service', async () => {
  await using daemon = await withService();
  const { id } = daemon;
  const { exitCode, stdout } = await daemon.ctl(['remove', 'bills']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ removed: true, serviceId: id });
  expect(daemon.runtime.services.list(embeddedCaller)).toEqual([]);
});

test('remove asks for confirmation on a terminal unless --yes is set', async () => {
  await using daemon = await withService();
  const stdout = capture(80);
  const asked: string[] = [];
  const session = {
    api: new ApiClient({ daemonUrl: new URL(daemon.url) }),
    output: new Output({ stdout, stderr: stdout, env: {} }),
    cwd: '/',
    env: {},
    secretInput: { piped: () => Promise.resolve('') },
    confirm: (question: string) => Promise.resolve(asked.push(question) > 1),
  };
  await expect(remove.run(new ParsedArgs({ service: 'bills' }), session)).rejects.toThrow('nothing was removed');
  expect(asked).toEqual([`Remove bills (${daemon.id})?`]);
  expect(daemon.runtime.services.list(embeddedCaller)).toHaveLength(1);
  expect(await remove.run(new ParsedArgs({ service: 'bills', yes: true }), session)).toBe(0);
  expect(asked).toHaveLength(1);
});

test('[http.audit] [http.audit.limit] audit prints events, the newest when --limit is set', async () => {
  await using daemon = await withService();
  const { id } = daemon;
  await daemon.ctl(['start', 'bills']);
  const { stdout } = await daemon.ctl(['audit', '--limit', '1']);
  expect(JSON.parse(stdout)).toMatchObject({ items: [{ kind: 'service.started', serviceId: id }] });
});

test.each([
  ['an unknown namespace', ['stop', 'bill'], 1, "service 'bill' does not exist", 'hint: registered services: bills'],
  ['an unknown id', ['logs', 'svc_000000000000'], 1, "service 'svc_000000000000' does not exist", 'bills'],
  ['an unknown command', ['lst'], 2, "unknown command 'lst', did you mean 'list'?", 'hint: `clarityctl list`'],
  ['a bad limit', ['audit', '--limit', 'x'], 2, "--limit must be a number from 1 to 2000, not 'x'", ''],
  ['a bad URL', ['list', '--daemon-url', 'nonsense'], 2, '--daemon-url must be an http or https URL', ''],
  ['no command behind flags', ['--json'], 2, 'a command is missing', 'clarityctl --help'],
])('clarityctl reports %s on stderr with its exit code', async (_, argv, exitCode, message, hint) => {
  await using daemon = await withService();
  const ran = await daemon.ctl(argv);
  expect([ran.exitCode, ran.stdout]).toEqual([exitCode, '']);
  expect(ran.stderr).toContain(message);
  expect(ran.stderr).toContain(hint);
});

test('[install.ctl-token-flag] [install.ctl-token-env] [install.ctl-token-api-env] clarityctl sends the token', async () => {
  const token = 'correct-horse-battery';
  await using daemon = await fakeDaemon({ token });
  const exitCode = async (argv: string[], env = {}): Promise<number> => (await daemon.ctl(argv, { env })).exitCode;
  expect(await exitCode(['list', '--auth-token', token])).toBe(0);
  expect(await exitCode(['list'], { CLARITYD_AUTH_TOKEN: token })).toBe(0);
  expect(await exitCode(['list'], { CLARITY_API_TOKEN: token })).toBe(0);
  const without = await daemon.ctl(['list']);
  expect(without).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('the daemon requires a token'),
  });
  const wrong = await daemon.ctl(['list', '--auth-token', 'not-the-right-one']);
  expect(wrong.stderr).toContain('the daemon rejected the token');
  expect(wrong.stderr).not.toContain('not-the-right-one');
});
