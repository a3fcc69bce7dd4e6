import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { startClarityd } from '../support/clarityd.ts';
import { runProgram } from '../support/program.ts';
import { temporaryWorkspace } from '../support/workspace.ts';

/** The smallest valid module. It has no function. */
/** One function `f` that returns 1. */
const MODULE = Buffer.from('0061736d010000000105016000017f03020100070501016600000a0601040041010b', 'hex').toString(
  'latin1',
);

const applyBody = (name: string, wasmPath: string): string =>
  JSON.stringify({
    manifest: {
      apiVersion: 'clarity.runtime/v1',
      kind: 'MCPService',
      metadata: { sourceFile: `/${name}.clarity`, module: name },
      spec: {
        origin: { type: 'local_wasm', wasmPath, entry: 'mcp_main' },
        enabled: true,
        autostart: false,
        policyRef: 'default',
        restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 60 },
      },
    },
  });

/** Registers a service. Returns the status code, or undefined without a response. */
function register(url: string, body: string, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json' };
    const asked = request(`${url}/api/services/apply`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume().once('end', () => {
        resolve(answer.statusCode);
      });
    });
    asked.once('error', () => {
      resolve(undefined);
    });
    asked.end(body);
  });
}

const namesOf = ({ items }: Record<string, unknown>): readonly string[] =>
  (items as readonly { readonly namespace: string }[]).map(({ namespace }) => namespace);

test('D12 the daemon keeps confirmed changes and recovers when clients open more connections than it may have', async () => {
  await using workspace = await temporaryWorkspace();
  await using daemon = await startClarityd({ cwd: workspace.path, openFiles: 64 });
  const wasmPath = await workspace.write('one.wasm', MODULE);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const answered: string[] = [];
  const ask = async (name: string): Promise<number | undefined> => {
    const status = await register(daemon.url, applyBody(name, wasmPath), agent);
    if (status !== undefined && status < 300) answered.push(name);
    return status;
  };
  const { port } = new URL(daemon.url);
  const idle: Socket[] = [];
  const during: (number | undefined)[] = [];
  // More connections than descriptors: the daemon keeps half of them for its files.
  for (let count = 0; count < 80; count += 1) {
    if (count % 8 === 0) during.push(await ask(`during${String(count)}`));
    const socket = connect(Number(port), '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve).on('error', resolve).resume());
    idle.push(socket);
  }
  expect(during.filter((status) => status !== 200 && status !== 503)).toEqual([]);
  for (const socket of idle) socket.destroy();
  while ((await ask('after')) !== 200);
  agent.destroy();
  expect(answered).toContain('after');
  expect(namesOf(await daemon.json('list', '--json'))).toEqual(expect.arrayContaining(answered));
  expect(await daemon.end()).toMatchObject({ exitCode: 0 });
  await using next = await startClarityd({ cwd: workspace.path });
  expect(namesOf(await next.json('list', '--json'))).toEqual(expect.arrayContaining(answered));
});

test('T-286 an uncaught exception or rejection is logged and ends neither the daemon nor other requests', async () => {
  await using workspace = await temporaryWorkspace();
  // Simulates a bug in a request: no caller can catch this exception.
  const bug = await workspace.write(
    'bug.mjs',
    `import { Server } from 'node:http';
const { emit } = Server.prototype;
Server.prototype.emit = function (name, ...rest) {
  if (name === 'request' && rest[0].url === '/throw') setImmediate(() => { throw new Error('a thrown bug'); });
  if (name === 'request' && rest[0].url === '/reject') void Promise.reject(new Error('a rejected bug'));
  return emit.call(this, name, ...rest);
};`,
  );
  await using daemon = await startClarityd({
    cwd: workspace.path,
    env: { NODE_OPTIONS: `--import=${pathToFileURL(bug).href}` },
  });
  for (const [path, message] of [
    ['/throw', 'a thrown bug'],
    ['/reject', 'a rejected bug'],
  ] as const) {
    const stream = await fetch(`${daemon.url}/api/events`, { headers: { accept: 'text/event-stream' } });
    await fetch(daemon.url + path);
    while (!daemon.program.stderr().includes(message)) await fetch(`${daemon.url}/healthz`);
    expect(daemon.program.stderr()).toContain(`uncaught error, the daemon continues: Error: ${message}`);
    expect(stream.ok).toBe(true);
    await stream.body?.cancel();
  }
  expect(await daemon.end()).toMatchObject({ exitCode: 0 });
});

test('T-284 T-286 the daemon exits with 3 and the path when its workspace is unusable', async () => {
  await using workspace = await temporaryWorkspace();
  await workspace.write('.clarity', 'a file where a folder should be');
  const { exitCode, stdout, stderr } = await runProgram('clarityd', ['--port', '0'], { cwd: workspace.path });
  expect([exitCode, stdout]).toEqual([3, '']);
  expect(stderr).toContain(join(workspace.path, '.clarity'));
});

test('a daemon serves requests when the disk of its log is full', async () => {
  await using workspace = await temporaryWorkspace();
  const full = '/dev/full';
  const errorsTo = existsSync(full) ? full : '/dev/null';
  // The daemon writes to its log at start.
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  await using daemon = await startClarityd({ cwd: workspace.path, env, errorsTo });
  expect(await daemon.json('status')).toMatchObject({ summary: { total: 0 } });
  expect((await daemon.end()).exitCode).toBe(0);
});
