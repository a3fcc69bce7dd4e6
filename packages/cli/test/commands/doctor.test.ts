import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { nodeDetail } from '../../src/commands/doctor-checks.ts';
import { ClarityError, embeddedCaller, type ServiceRecord } from '@clarity-runtime/core';
import { MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import { inMemory } from '@clarity-runtime/core/registry';
import { manifestOf } from '../support/manifest.ts';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('doctor reports readable state and an edited registry, each with a hint', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  const state = join(folder.path, '.clarity/runtime');
  await mkdir(state, { recursive: true });
  await chmod(state, 0o755);
  const integrity = { alg: 'sha256', digest: 'of something else' };
  await writeFile(join(state, 'registry.json'), JSON.stringify({ version: 2, changes: 1, services: [], integrity }));
  const { exitCode, stdout } = await daemon.ctl(['doctor'], { cwd: folder.path });
  expect(exitCode).toBe(1);
  const { checks } = JSON.parse(stdout) as { checks: readonly { name: string; status: string; fix?: string }[] };
  expect(checks.filter(({ status }) => status === 'fail')).toEqual([
    expect.objectContaining({ name: 'permissions', fix: `chmod 700 ${state}` }),
    expect.objectContaining({ name: 'registry', fix: expect.stringContaining('doctor --accept-registry') }),
  ]);
});

test('Q34 doctor names the tools that Claude or OpenAI refuse on /mcp, and the repair', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  daemon.tools = [{ name: 'put', inputSchema: { type: 'object', anyOf: [{ required: ['a'] }] } }];
  await daemon.ctl(['add-remote', '--endpoint', 'https://example.com/mcp', '--module', 'calc'], { cwd: folder.path });
  const { stdout } = await daemon.ctl(['doctor'], { cwd: folder.path });
  const { checks } = JSON.parse(stdout) as { checks: readonly { name: string; status: string }[] };
  expect(checks.find(({ name }) => name === 'tools')).toEqual({
    name: 'tools',
    status: 'warn',
    detail: 'calc: calc__put is refused by Claude, OpenAI: inputSchema has anyOf at its top level',
    fix: expect.stringContaining('spec.surface.definitions'),
  });
});

test('R61b doctor follows no link in place of registry.json', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  const state = join(folder.path, '.clarity/runtime');
  await mkdir(state, { recursive: true, mode: 0o700 });
  const secret = join(folder.path, 'secret.json');
  await writeFile(secret, JSON.stringify({ services: ['canary'] }));
  await symlink(secret, join(state, 'registry.json'));
  const { stdout } = await daemon.ctl(['doctor'], { cwd: folder.path });
  const { checks } = JSON.parse(stdout) as { checks: readonly { name: string; status: string; detail: string }[] };
  expect(checks.find(({ name }) => name === 'registry')).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining('the path is a link'),
  });
});

test('doctor --config prints every setting with its source, without secrets', async () => {
  await using daemon = await fakeDaemon();
  const env = { CLARITYD_AUTH_TOKEN: 'a-secret-of-some-length', CLARITY_REMOTE_MAX_PAYLOAD_BYTES: '2048' };
  const { exitCode, stdout } = await daemon.ctl(['doctor', '--config'], { env });
  expect(exitCode).toBe(0);
  expect(stdout).not.toContain(env.CLARITYD_AUTH_TOKEN);
  const { clarityd, clarityctl } = JSON.parse(stdout) as Record<string, unknown>;
  expect(clarityd).toEqual(
    expect.arrayContaining([
      { name: '--port', value: '4707', source: 'default' },
      { name: '--auth-token', value: '(set)', source: 'CLARITYD_AUTH_TOKEN' },
      { name: 'CLARITY_REMOTE_MAX_PAYLOAD_BYTES', value: '2048', source: 'CLARITY_REMOTE_MAX_PAYLOAD_BYTES' },
      { name: 'CLARITY_REMOTE_DEFAULT_TIMEOUT_MS', value: '20000', source: 'default' },
    ]),
  );
  expect(clarityctl).toContainEqual({ name: '--daemon-url', value: `${daemon.url}/`, source: 'CLARITYD_URL' });
});

test('doctor --accept-registry reports it and changes nothing when the registry is missing', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  const { exitCode, stderr } = await daemon.ctl(['doctor', '--accept-registry'], { cwd: folder.path });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('the registry is not accepted');
});

test('doctor reports a Node.js version below the minimum', () => {
  expect(() => nodeDetail('20.18.3')).toThrow('Node 20.18.3 is too old');
  expect(nodeDetail('22.0.0')).toBe('Node 22.0.0');
});

test('Q25 Q44 doctor names a service that does not start, with the reason and its remedy', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  const hint = 'set spec.origin.tls.caFile to the certificate of that CA';
  daemon.startFailure = new ClarityError('UPSTREAM_UNREACHABLE', 'the certificate is not trusted', { hint });
  await writeFile(join(folder.path, 'a.json'), JSON.stringify(manifestOf('corp')));
  await daemon.ctl(['apply', '-f', 'a.json'], { cwd: folder.path });
  const { exitCode, stdout } = await daemon.ctl(['doctor'], { cwd: folder.path });
  expect(exitCode).toBe(1);
  const { checks } = JSON.parse(stdout) as { checks: readonly { name: string }[] };
  expect(checks.find(({ name }) => name === 'services')).toMatchObject({
    status: 'fail',
    detail: expect.stringMatching(/^corp is STOPPED \(UNREACHABLE\): .*not trusted/),
    fix: `${hint}: \`clarityctl set corp ca=/path/to/ca.pem\``,
  });
  const { services } = daemon.runtime;
  expect(services.list(embeddedCaller)[0]?.status).toMatchObject({ hint });
});

test('Q18 Q56 apply, details and doctor warn of settings without effect, and doctor still passes', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  const { spec, ...rest } = manifestOf('corp');
  const env = [{ name: 'A', value: '${GREETING}' }];
  const typed = { ...spec, origin: { ...spec.origin, env }, policy: { denyTools: ['fn__ad'] } };
  await writeFile(join(folder.path, 'a.json'), JSON.stringify({ ...rest, spec: typed }));
  const applied = await daemon.ctl(['apply', '-f', 'a.json'], { cwd: folder.path });
  const details = await daemon.ctl(['details', 'corp'], { columns: 200 });
  const { stdout } = await daemon.ctl(['doctor'], { cwd: folder.path });
  const { checks } = JSON.parse(stdout) as { checks: readonly { name: string; status: string; detail: string }[] };
  const settings = checks.find(({ name }) => name === 'settings');
  expect(settings?.status).toBe('warn');
  expect(checks.find(({ name }) => name === 'services')?.status).toBe('pass');
  for (const text of [applied.stderr, details.stdout, settings?.detail]) {
    expect(text).toContain("denyTools of spec.policy names 'fn__ad'");
    expect(text).toContain('spec.origin.env[0].value has the placeholder ${GREETING}');
  }
});

test('R31b list and doctor show each record of a newer version as UNSUPPORTED, with reason and fix', async () => {
  await using folder = await temporaryFolder();
  const unsupported = [
    { file: 'registry.json', name: 'future', reason: 'the record has format 9', fix: 'upgrade clarityd' },
  ];
  const registry = new MemoryServiceRegistry({ ...inMemory<ServiceRecord>(), unsupported });
  await using daemon = await fakeDaemon({ adapters: { registry } });
  const { stdout } = await daemon.ctl(['doctor'], { cwd: folder.path });
  expect((JSON.parse(stdout) as { checks: readonly unknown[] }).checks).toContainEqual({
    name: 'records',
    status: 'warn',
    detail: 'UNSUPPORTED future (registry.json): the record has format 9',
    fix: 'upgrade clarityd',
  });
  expect(JSON.parse((await daemon.ctl(['list'])).stdout)).toMatchObject({ unsupported });
  const { stdout: table } = await daemon.ctl(['list'], { columns: 80 });
  expect(table.replace(/\s+/g, ' ')).toContain('UNSUPPORTED future (registry.json): the record has format 9');
});

test('R65d doctor lists each secret without hosts, with the command that adds one', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  const { secrets } = daemon.runtime;
  await secrets.set(embeddedCaller, 'file:open', 'first-secret-value');
  await secrets.set(embeddedCaller, 'file:bank', 'second-secret-value', { hosts: ['api.bank.example'] });
  await secrets.set(embeddedCaller, 'file:child', 'third-secret-value', { services: ['near'] });
  const { stdout } = await daemon.ctl(['doctor'], { cwd: folder.path });
  expect((JSON.parse(stdout) as { checks: readonly unknown[] }).checks).toContainEqual({
    name: 'secrets',
    status: 'warn',
    detail: 'file:open has no hosts: every service of its creator may use it',
    fix: 'clarityctl auth set-secret file:open - --host <host>',
  });
});

test('[first-hour.36] doctor names problems of services, tools, names and settings, each with its group and its repair', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  daemon.tools = [
    { name: 'put', inputSchema: { type: 'object', oneOf: [{ required: ['a'] }] } },
    { name: 'list', inputSchema: { type: 'object', properties: { a: { type: 'array' } } } },
    { name: `long_${'x'.repeat(60)}`, inputSchema: { type: 'object' } },
  ];
  const ctl = (...argv: string[]) => daemon.ctl(argv, { cwd: folder.path });
  const clean = JSON.parse((await ctl('doctor')).stdout) as { ok: boolean; findings: readonly unknown[] };
  expect(clean).toMatchObject({ ok: true, findings: [] });
  await ctl('add', 'calc', '--deny-tools', 'putt', '--env', 'LOGIN=plain:<YOUR_LOGIN>', '--', 'sh');
  daemon.startFailure = new ClarityError('SERVICE_LOST', 'it ended');
  await ctl('add', 'gone', '--', 'sh');
  const { exitCode, stdout } = await ctl('doctor', '--for', 'claude,openai,gemini');
  const { findings } = JSON.parse(stdout) as {
    findings: readonly { id: string; text: string; service?: string; fix?: string }[];
  };
  const textsOf = (id: string): string =>
    findings
      .filter((one) => one.id === id)
      .map(({ text }) => text)
      .join('\n');
  expect(exitCode).toBe(1);
  expect(textsOf('D1')).toContain('gone is STOPPED');
  for (const name of ['calc__put', 'calc__list']) expect(textsOf('D3')).toContain(name);
  // The runtime shortens a long name, so that no model refuses it.
  expect(textsOf('D3')).not.toContain('long_');
  expect(textsOf('D5')).toContain("names 'putt'");
  expect(textsOf('D5')).toContain('is a placeholder');
  for (const { fix, service } of findings) expect([typeof fix, typeof service]).toEqual(['string', 'string']);
});
