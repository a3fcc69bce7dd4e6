import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ClarityError, type Service } from '@clarity-runtime/core';
import type { ChildRecord } from '../../src/index.ts';
import { fixtureArgs, processService, testConnector } from '../support/process-service.ts';
import { callTool, connect, isAlive, kill, listener, until, valueOf } from '../support/talk.ts';

let folder: string;
let running: readonly ChildRecord[] = [];
const connector = testConnector({
  limits: { probeMs: 100, graceMs: 500 },
  remember: (children) => {
    running = children;
  },
});

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'clarity-start-')));
});
afterAll(async () => {
  try {
    // A record stays until the descendants of its program are ended.
    await until(() => running.length === 0);
  } finally {
    for (const { pid } of running) kill(-pid);
  }
});

/** Returns a service whose program waits for the file `go`, notes its start, and then is the fixture in one mode. */
async function waiting(
  name: string,
  mode: string,
  before = '',
): Promise<{ service: Service; go: string; starts: string }> {
  const [go, starts] = [join(folder, `${mode}.go`), join(folder, `${mode}.starts`)];
  const command = join(folder, name);
  const script = `#!/bin/sh\necho start >>${starts}\n${before}\nwhile [ ! -e ${go} ]; do sleep 0.05; done\nexec "$@"\n`;
  await writeFile(command, script, { mode: 0o755 });
  return { service: processService({ command, args: [process.execPath, ...fixtureArgs(mode)] }), go, starts };
}

const exceeded = () => AbortSignal.abort(new ClarityError('SERVICE_START_TIMEOUT', ''));

test('M2 a package runner finishes its installation after the start limit, and the next start waits for it', async () => {
  const { service, go } = await waiting('npx', 'legacy', 'echo added 84 packages >&2');
  const heard = listener();
  const limit = new AbortController();
  const first = connector.connect(service, heard, { signal: limit.signal }).catch((error: unknown) => error);
  // The handshake is sent after the record: an installation that no request has reached does not respond.
  await until(() => heard.lines.includes('added 84 packages') && running.length === 1);
  limit.abort(exceeded().reason);
  expect(await first).toBeInstanceOf(ClarityError);
  const [installer] = running;
  expect(isAlive(installer?.pid ?? 0)).toBe(true);
  let beats = 0;
  const events = { ...listener(), onActivity: () => (beats += 1) };
  const second = connect(connector, service, events);
  await until(() => beats > 0);
  expect(running).toHaveLength(1);
  await writeFile(go, '');
  const connection = await second;
  expect(isAlive(installer?.pid ?? 0)).toBe(false);
  await connection.close('done');
});

test('M2 endLeftovers ends an installation that outlives its start', async () => {
  const { service } = await waiting('uvx', 'mute');
  const limit = new AbortController();
  const failed = connector.connect(service, listener(), { signal: limit.signal }).catch((error: unknown) => error);
  await until(() => running.length === 1);
  limit.abort(exceeded().reason);
  await failed;
  const pid = running[0]?.pid ?? 0;
  await connector.endLeftovers?.(service.serviceId);
  expect([isAlive(pid), running]).toEqual([false, []]);
});

test('M2 another program is ended at the start limit', async () => {
  const { service } = await waiting('server', 'picky');
  const limit = new AbortController();
  const failed = connector.connect(service, listener(), { signal: limit.signal }).catch((error: unknown) => error);
  await until(() => running.length === 1);
  const pid = running[0]?.pid ?? 0;
  limit.abort(exceeded().reason);
  await failed;
  expect(isAlive(pid)).toBe(false);
  // The record stays until the descendants are ended.
  await until(() => running.length === 0);
});

test('Q31 a modern program that is installed for longer than the probe runs once and is modern', async () => {
  const { service, go, starts } = await waiting('slow', 'modern');
  const connecting = connect(connector, service);
  await until(() => existsSync(starts));
  setTimeout(() => void writeFile(go, ''), 300);
  const connection = await connecting;
  expect(connection.era).toBe('modern');
  expect(valueOf(await callTool(connection, 'environment'))).toBeDefined();
  await connection.close('done');
});

test.each([
  ['npm error code EAI_AGAIN', 'UPSTREAM_UNREACHABLE'],
  ['npm error code E404', 'PROCESS_START_FAILED'],
  ['boom', 'UPSTREAM_LOST'],
])('M3 a package runner that prints "%s" and exits fails with %s', async (line, code) => {
  const command = join(folder, 'bunx');
  await writeFile(command, `#!/bin/sh\necho "${line}" >&2\nexit 1\n`, { mode: 0o755 });
  await expect(connect(connector, processService({ command }))).rejects.toMatchObject({ code });
});

test.each([
  ['npm error code E404\\nnpm error 404  @acme/x@* is not in this registry.', true, 'is not in this registry'],
  ['error: No matching distribution found for acme', true, 'No matching distribution'],
  ['docker: manifest unknown', true, 'manifest unknown'],
  ['Error: pull access denied for acme', false, 'pull access denied'],
])('[first-hour.28] a package runner that prints "%s" fails for good: %s', async (lines, isPermanent, reason) => {
  const command = join(folder, 'pnpx');
  await writeFile(command, `#!/bin/sh\nprintf "%b\\n" "${lines}" >&2\nexit 1\n`, { mode: 0o755 });
  const error: unknown = await connect(connector, processService({ command })).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'PROCESS_START_FAILED', message: expect.stringContaining(reason) });
  expect((error as ClarityError).failure.data).toEqual(isPermanent ? { isPermanent: true } : undefined);
});

/** A legacy server that ends when it is notified of a cancellation, and at a call of `exit`. */
const FRAGILE = `process.stdin.on('data',(d)=>{for(const line of String(d).trim().split('\\n')){const m=JSON.parse(line);
    const reply=(rest)=>process.stdout.write(JSON.stringify({jsonrpc:'2.0',id:m.id,...rest})+'\\n');
    if(m.method==='initialize')reply({result:{protocolVersion:'2025-11-25',capabilities:{},serverInfo:{name:'x',version:'1'}}});
    else if(m.method==='tools/call'){if(m.params.name==='exit')process.exit(3);if(m.params.name==='quick')reply({result:{content:[]}})}
    else if(m.id!==undefined)reply({error:{code:-32601,message:'no'}});
    if(m.method==='notifications/cancelled')process.exit(1)}})`;

test('[first-hour.29] the end of a child after a cancellation says so, and a child without notices of them lives', async () => {
  const service = processService({ args: ['-e', FRAGILE] });
  const ends: unknown[] = [];
  const heard = { ...listener(), onClose: (_why: string, cause?: string) => ends.push(cause) };
  const cut = { totalMs: 100 };
  const first = await connect(connector, service, heard);
  await expect(callTool(first, 'slow', cut)).rejects.toMatchObject({ code: 'CALL_TIMED_OUT' });
  await until(() => ends.length === 1);
  const second = await connect(connector, service, heard);
  await callTool(second, 'exit').catch(() => undefined);
  await until(() => ends.length === 2);
  expect(ends).toEqual(['cancellation', undefined]);
  const third = await connect(connector, { ...service, withoutCancelNotices: true }, heard);
  await expect(callTool(third, 'slow', cut)).rejects.toMatchObject({ code: 'CALL_TIMED_OUT' });
  expect(valueOf(await callTool(third, 'quick'))).toEqual({ content: [] });
  await third.close('done');
  expect(ends).toHaveLength(2);
});

test('[first-hour.31] Q31 a child that closes its output is lost although it runs on, and is ended', async () => {
  const heard = listener();
  const script = `const done=()=>{};process.stdin.on('data',(d)=>{for(const line of String(d).trim().split('\\n')){const m=JSON.parse(line);
    if(m.method==='initialize')process.stdout.write(JSON.stringify({jsonrpc:'2.0',id:m.id,result:{protocolVersion:'2025-11-25',capabilities:{},serverInfo:{name:'x',version:'1'}}})+'\\n');
    else if(m.id!==undefined)process.stdout.write(JSON.stringify({jsonrpc:'2.0',id:m.id,error:{code:-32601,message:'no'}})+'\\n');
    if(m.method==='notifications/initialized'){require('fs').closeSync(1);setInterval(done,1000)}}})`;
  const connection = await connect(connector, processService({ args: ['-e', script] }), heard);
  const pid = running[0]?.pid ?? 0;
  await until(() => heard.losses.length === 1);
  expect(heard.losses).toEqual(['the process closed its standard output']);
  await until(() => !isAlive(pid));
  await connection.close('done');
});

test.each([
  ['stops reading', 'process.stdin.pause()'],
  ['stops reading and writes on', "process.stdin.pause();setInterval(()=>console.log('{}'),50)"],
  ['closes its input', 'process.stdin.destroy()'],
  ['is stopped by a signal', "process.kill(process.pid,'SIGSTOP')"],
])('T-548 Q52 calls to a child that %s end at their limits, and the child is ended', async (_, act) => {
  const script = `let first=true;process.stdin.on('data',(d)=>{for(const line of String(d).trim().split('\\n')){const m=JSON.parse(line);
    if(m.method==='initialize')process.stdout.write(JSON.stringify({jsonrpc:'2.0',id:m.id,result:{protocolVersion:'2025-11-25',capabilities:{},serverInfo:{name:'x',version:'1'}}})+'\\n');
    else if(m.id!==undefined)process.stdout.write(JSON.stringify({jsonrpc:'2.0',id:m.id,error:{code:-32601,message:'no'}})+'\\n');
    if(m.method==='notifications/initialized'){${act}}}});setInterval(()=>{},1000)`;
  const connection = await connect(connector, processService({ args: ['-e', script] }), listener());
  const pid = running[0]?.pid ?? 0;
  const text = 'x'.repeat(256 * 1024);
  const calls = Array.from({ length: 24 }, () =>
    callTool(connection, 'echo', { args: { text }, totalMs: 400 }).then(
      () => 'answered',
      (error: unknown) => (error as { code: string }).code,
    ),
  );
  // A call is lost with the child if another one has ended it before.
  for (const code of await Promise.all(calls))
    expect(['CALL_TIMED_OUT', 'UPSTREAM_FAILED', 'UPSTREAM_LOST']).toContain(code);
  await connection.close('done');
  await until(() => !isAlive(pid));
});

const linux = { test: process.platform === 'linux' ? test : test.skip };

linux.test('T-363 R18h a start that exceeds a limit fails once, with the field and the way to raise it', async () => {
  const starts = join(folder, 'limited.starts');
  const script = `echo start >>${starts}; while :; do sleep 60 & done`;
  const service = processService({ command: '/bin/sh', args: ['-c', script], limits: { processes: 15 } });
  await expect(connect(connector, service)).rejects.toMatchObject({
    code: 'PROCESS_START_FAILED',
    failure: { field: 'spec.limits.processes', hint: 'raise spec.limits.processes' },
    message: expect.stringContaining('spec.limits.processes allows 15'),
  });
  expect(readFileSync(starts, 'utf8')).toBe('start\n');
});
