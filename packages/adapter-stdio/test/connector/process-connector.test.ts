import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { RawJson, Secret } from '@clarity-runtime/core';
import { silentRequest } from '@clarity-runtime/core/protocol';
import type { ChildRecord } from '../../src/index.ts';
import { fixtureService, processService, testConnector } from '../support/process-service.ts';
import { callTool, connect, isAlive, listener, until, valueOf } from '../support/talk.ts';

const secret = (value: string) => () =>
  Promise.resolve({ secret: new Secret(value), header: { name: 'Authorization', bearer: true } });

test('[first-hour.22] T-250 Q17 a child gets only inherited names of the list, its marks and the variables of its manifest', async () => {
  const environment = {
    PATH: process.env['PATH'],
    HOME: '/somewhere',
    LANG: 'C',
    CLARITYD_AUTH_TOKEN: 'token-of-the-daemon',
    CLARITY_REMOTE_AUTH_X: 'credential',
    NODE_OPTIONS: '--no-warnings',
  };
  const cwd = await realpath(await mkdtemp(join(tmpdir(), 'clarity-child-')));
  const env = [{ name: 'GIVEN', value: 'a b' }, { name: 'EMPTY' }, { name: 'SECRET', secretRef: 'env:X' }];
  const service = fixtureService('legacy', { env, cwd, args: ['$(touch x)', '`id`', 'a b', ''] });
  const connection = await connect(testConnector({ environment, credentials: secret('hunter2') }), service);
  const told = valueOf(await callTool(connection, 'environment')) as { env: Record<string, string> };
  const ofTheShell = new Set(['PWD', 'OLDPWD', 'SHLVL', '_']);
  expect(Object.fromEntries(Object.entries(told.env).filter(([name]) => !ofTheShell.has(name)))).toEqual({
    PATH: process.env['PATH'],
    HOME: '/somewhere',
    LANG: 'C',
    GIVEN: 'a b',
    EMPTY: '',
    SECRET: 'hunter2',
    CLARITY_SERVICE_ID: service.serviceId,
    CLARITY_BOOT_ID: expect.any(String),
  });
  expect(told).toMatchObject({ cwd, args: ['$(touch x)', '`id`', 'a b', ''] });
  await connection.close('done');
});

test('stderr of a child is logged as bounded lines without control characters and secrets', async () => {
  const heard = listener();
  const service = fixtureService('legacy', { env: [{ name: 'SECRET', secretRef: 'env:X' }] });
  const connection = await connect(testConnector({ credentials: secret('hunter2') }), service, heard);
  await callTool(connection, 'complain');
  await until(() => heard.lines.includes('last'));
  expect(heard.lines[0]).toBe('first line');
  expect(heard.lines[1]).toBe('red [redacted]');
  expect(heard.lines[2]).toMatch(/^y+…$/);
  expect(heard.lines[2]?.length).toBeLessThan(4_200);
  await connection.close('done');
});

test.each([
  ['with a code', 3, 'the process exited with code 3'],
  ['with success', 0, 'the process exited with code 0'],
])('every call fails with UPSTREAM_LOST and the reason when a child ends %s', async (_, code, why) => {
  const heard = listener();
  const connection = await connect(testConnector(), fixtureService('legacy'), heard);
  const waiting = callTool(connection, 'hang').catch((error: unknown) => error);
  await expect(callTool(connection, 'exit', { args: { code } })).rejects.toMatchObject({ code: 'UPSTREAM_LOST' });
  expect(await waiting).toMatchObject({ code: 'UPSTREAM_LOST', message: expect.stringContaining(why) });
  expect(heard.losses).toEqual([why]);
  await expect(callTool(connection, 'echo')).rejects.toMatchObject({ code: 'UPSTREAM_LOST' });
  await connection.close('done');
});

test('the close reason names the signal when a child is killed', async () => {
  let children: readonly ChildRecord[] = [];
  const heard = listener();
  const remember = (all: readonly ChildRecord[]): void => {
    children = all;
  };
  const connection = await connect(testConnector({ remember }), fixtureService('modern'), heard);
  process.kill(children[0]?.pid ?? 0, 'SIGKILL');
  await until(() => heard.losses.length === 1);
  expect(heard.losses).toEqual(['the process was ended by SIGKILL']);
  await until(() => children.length === 0);
  await connection.close('done');
});

test('the connector starts a server again as legacy when it exits on server/discover', async () => {
  const connector = testConnector();
  const heard = listener();
  for (let times = 0; times < 2; times += 1) {
    const connection = await connect(connector, fixtureService('picky'), heard);
    expect(connection.era).toBe('legacy');
    await connection.close('done');
  }
  expect(heard.losses).toEqual([]);
});

test('the connector treats a server as legacy when it does not reply to server/discover', async () => {
  const connection = await connect(testConnector({ limits: { probeMs: 600 } }), fixtureService('mute'));
  expect(connection.era).toBe('legacy');
  await connection.close('done');
});

test('Q32 a wrong stored era is corrected: by the same process that refuses initialize, or by the next start', async () => {
  const modern = await connect(testConnector(), { ...fixtureService('modern'), era: 'legacy' });
  expect(modern.era).toBe('modern');
  await modern.close('done');
  const legacy = await connect(testConnector(), { ...fixtureService('legacy'), era: 'modern' });
  expect(legacy.era).toBe('legacy');
  await legacy.close('done');
});

test('a line that is not a message is logged and fails no call', async () => {
  const heard = listener();
  const connection = await connect(testConnector(), fixtureService('legacy'), heard);
  expect(valueOf(await callTool(connection, 'noise'))).toEqual({ content: [] });
  expect(heard.lines.filter((line) => line.startsWith('The service sent an invalid message'))).toHaveLength(2);
  await expect(callTool(connection, 'both')).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL' });
  await connection.close('done');
});

test('a reply above every size limit fails only its own call and is not buffered', async () => {
  const connection = await connect(testConnector({ limits: { maxMessageBytes: 100_000 } }), fixtureService('legacy'));
  const other = callTool(connection, 'hang', { totalMs: 60_000, maxReplyBytes: 1_000 }).catch(() => 'closed');
  await expect(callTool(connection, 'flood')).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  expect(valueOf(await callTool(connection, 'echo', { args: { text: 'x' } }))).toMatchObject({
    content: [{ text: 'x' }],
  });
  await connection.close('done');
  expect(await other).toBe('closed');
});

test('notifications/cancelled has the upstream request id when a call is cancelled', async () => {
  const heard = listener();
  const connection = await connect(testConnector(), fixtureService('legacy'), heard);
  const abort = new AbortController();
  const onSent = (): void => {
    abort.abort();
  };
  await expect(callTool(connection, 'hang', { signal: abort.signal, onSent })).rejects.toMatchObject({
    code: 'CALL_CANCELLED',
  });
  await until(() => heard.lines.some((line) => /^cancelled \d+$/.test(line)));
  await connection.close('done');
});

test('T-265 a server request is rejected unless its capability was offered; ping always gets a reply', async () => {
  const asked = async (sampling?: object): Promise<unknown> => {
    const events = { ...listener(), ...(sampling === undefined ? {} : { clientCapabilities: { sampling } }) };
    const connection = await connect(testConnector(), fixtureService('legacy'), events);
    const told = valueOf(await callTool(connection, 'ask')) as { answers: { id: string; result?: unknown }[] };
    await connection.close('done');
    return told.answers.sort((a, b) => (a.id < b.id ? -1 : 1));
  };
  expect(await asked()).toMatchObject([
    { id: 'p', result: {} },
    { id: 'q', error: { code: -32601 } },
  ]);
  expect(await asked({})).toMatchObject([
    { id: 'p', result: {} },
    { id: 'q', result: { answered: true } },
  ]);
});

test('a question reaches the client of the call, not a later request of the runtime itself', async () => {
  const events = { ...listener(), clientCapabilities: { sampling: {} } };
  const connection = await connect(testConnector(), fixtureService('legacy'), events);
  const call = callTool(connection, 'ask');
  const { signal, ...limits } = { signal: new AbortController().signal, idleMs: 0, totalMs: 0, maxReplyBytes: 0 };
  const own = connection.request(
    { method: 'tools/call', params: new Map([['name', RawJson.of('hang')]]) },
    silentRequest(signal, limits),
  );
  expect(valueOf(await call)).toMatchObject({
    answers: expect.arrayContaining([{ jsonrpc: '2.0', id: 'q', result: { answered: true } }]),
  });
  await Promise.all([expect(own).rejects.toMatchObject({ code: 'UPSTREAM_LOST' }), connection.close('done')]);
});

test('a request is one line when its arguments contain line breaks', async () => {
  const connection = await connect(testConnector(), fixtureService('legacy'));
  const reply = await callTool(connection, 'echo', { args: { text: 'a\nb\r\n' } });
  expect(valueOf(reply)).toMatchObject({ content: [{ text: 'a\nb\r\n' }] });
  await connection.close('done');
});

test.each([
  ['clarity-no-such-program', undefined, 'spec.origin.command'],
  ['./nowhere/program', undefined, 'spec.origin.command'],
  ['/etc/passwd', undefined, 'spec.origin.command'],
  [process.execPath, '/no/such/folder', 'spec.origin.cwd'],
])('connect rejects command %s in %s with its field', async (command, cwd, field) => {
  const service = processService({ command, ...(cwd === undefined ? {} : { cwd }) });
  await expect(connect(testConnector(), service)).rejects.toMatchObject({
    code: 'PROCESS_START_FAILED',
    failure: { field },
  });
});

test('connect rejects with the exit code when a program is not an MCP server', async () => {
  const service = processService({ args: ['-e', 'process.exit(5)'] });
  await expect(connect(testConnector(), service)).rejects.toThrow('the process exited with code 5');
});

test('close ends a process with SIGKILL when it ignores the end of stdin and SIGTERM', async () => {
  let children: readonly ChildRecord[] = [];
  const remember = (all: readonly ChildRecord[]): void => {
    children = all;
  };
  const connector = testConnector({ remember, limits: { graceMs: 100 } });
  const connection = await connect(connector, fixtureService('stubborn'));
  const pid = children[0]?.pid ?? 0;
  expect(isAlive(pid)).toBe(true);
  await connection.close('done');
  expect(isAlive(pid)).toBe(false);
  await until(() => children.length === 0);
});

test.each(['lozinka-đć-ž', 'пароль', 'key\u{1f511}', ' blanks '])(
  'Q65 the secret %j reaches the environment of a child unchanged',
  async (value) => {
    // The result of a tool would not have the secret: it is redacted.
    const program = `process.exit(process.env.PASS === ${JSON.stringify(value)} ? 42 : 43)`;
    const env = [{ name: 'PASS', secretRef: 'file:letters' }];
    const service = processService({ args: ['-e', program], env });
    const failed = connect(testConnector({ credentials: secret(value) }), service);
    await expect(failed).rejects.toMatchObject({ message: expect.stringContaining('code 42') });
  },
);
