import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { Secret } from '@clarity-runtime/core';
import type { ChildRecord } from '../../src/index.ts';
import { fixtureService, processService, testConnector } from '../support/process-service.ts';
import { callTool, connect, isAlive, listener, until, valueOf } from '../support/talk.ts';

jest.setTimeout(60_000);

const secret = (value: string) => () =>
  Promise.resolve({ secret: new Secret(value), header: { name: 'Authorization', bearer: true } });

test('T-250 a child gets PATH, HOME, LANG and TMPDIR, what its manifest gives it, and nothing else', async () => {
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
  });
  expect(told).toMatchObject({ cwd, args: ['$(touch x)', '`id`', 'a b', ''] });
  await connection.close('done');
});

test('what a child writes for its operator is logged line by line, clean, bounded, and without its secrets', async () => {
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
  ['with a code', 3, 'it exited with code 3'],
  ['with success', 0, 'it exited with code 0'],
])('a child that ends %s is lost, and every call hears why', async (_, code, why) => {
  const heard = listener();
  const connection = await connect(testConnector(), fixtureService('legacy'), heard);
  const waiting = callTool(connection, 'hang').catch((error: unknown) => error);
  await expect(callTool(connection, 'exit', { args: { code } })).rejects.toMatchObject({ code: 'UPSTREAM_LOST' });
  expect(await waiting).toMatchObject({ code: 'UPSTREAM_LOST', message: expect.stringContaining(why) });
  expect(heard.losses).toEqual([why]);
  await expect(callTool(connection, 'echo')).rejects.toMatchObject({ code: 'UPSTREAM_LOST' });
  await connection.close('done');
});

test('a child that is killed is lost with the name of the signal', async () => {
  let children: readonly ChildRecord[] = [];
  const heard = listener();
  const remember = (all: readonly ChildRecord[]): void => {
    children = all;
  };
  const connection = await connect(testConnector({ remember }), fixtureService('modern'), heard);
  process.kill(children[0]?.pid ?? 0, 'SIGKILL');
  await until(() => heard.losses.length === 1);
  expect(heard.losses).toEqual(['it was ended by SIGKILL']);
  await until(() => children.length === 0);
  await connection.close('done');
});

test('a server that ends at a question it does not know is started again and asked otherwise', async () => {
  const connector = testConnector();
  const heard = listener();
  for (let times = 0; times < 2; times += 1) {
    const connection = await connect(connector, fixtureService('picky'), heard);
    expect(connection.era).toBe('legacy');
    await connection.close('done');
  }
  expect(heard.losses).toEqual([]);
});

test('a server that does not answer the modern question is taken for a legacy one', async () => {
  const connection = await connect(testConnector({ limits: { probeMs: 600 } }), fixtureService('mute'));
  expect(connection.era).toBe('legacy');
  await connection.close('done');
});

test('what is no message is logged and disturbs no call', async () => {
  const heard = listener();
  const connection = await connect(testConnector(), fixtureService('legacy'), heard);
  expect(valueOf(await callTool(connection, 'noise'))).toEqual({ content: [] });
  expect(heard.lines.filter((line) => line.startsWith('The service sent an invalid message'))).toHaveLength(2);
  await expect(callTool(connection, 'both')).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL' });
  await connection.close('done');
});

test('a reply larger than anybody allows fails its call alone, and is not kept', async () => {
  const connection = await connect(testConnector({ limits: { maxMessageBytes: 100_000 } }), fixtureService('legacy'));
  const other = callTool(connection, 'hang', { totalMs: 60_000, maxReplyBytes: 1_000 }).catch(() => 'closed');
  await expect(callTool(connection, 'flood')).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  expect(valueOf(await callTool(connection, 'echo', { args: { text: 'x' } }))).toMatchObject({
    content: [{ text: 'x' }],
  });
  await connection.close('done');
  expect(await other).toBe('closed');
});

test('a cancelled call is cancelled at the service under the number that it had there', async () => {
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

test('T-265 what a service asks is refused unless it was offered; ping is always answered', async () => {
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

test('arguments with line ends inside are one line for the service', async () => {
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
])('%s in %s is refused with the field', async (command, cwd, field) => {
  const service = processService({ command, ...(cwd === undefined ? {} : { cwd }) });
  await expect(connect(testConnector(), service)).rejects.toMatchObject({
    code: 'PROCESS_START_FAILED',
    failure: { field },
  });
});

test('a program that is no MCP server fails to start with its reason', async () => {
  const service = processService({ args: ['-e', 'process.exit(5)'] });
  await expect(connect(testConnector(), service)).rejects.toThrow('it exited with code 5');
});

test('a process that hears neither the end of its input nor SIGTERM is ended all the same', async () => {
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
  expect(children).toEqual([]);
});
