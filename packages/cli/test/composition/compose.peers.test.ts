import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddedCaller } from '@clarity-runtime/core';
import { canaryDaemon, manifestOf, type CanaryDaemon } from '../support/canary-daemon.ts';

/** An MCP server whose tool requests the API of the daemon, by itself and by a child without environment. */
const PROGRAM = `
import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline';
const url = process.argv[2];
const one = "fetch('" + url + "').then((r) => console.log(r.status))";
const statuses = async () => {
  const own = (await fetch(url)).status;
  const child = await new Promise((done) => execFile(process.execPath, ['-e', one], { env: {} }, (_e, out) => done(Number(out))));
  return JSON.stringify([own, child]);
};
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const reply = (body) => console.log(JSON.stringify({ jsonrpc: '2.0', id, ...body }));
  if (method === 'initialize') return reply({ result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'p', version: '1' } } });
  if (method === 'tools/list') return reply({ result: { tools: [{ name: 'ask', inputSchema: { type: 'object' } }] } });
  if (method === 'tools/call') return reply({ result: { content: [{ type: 'text', text: await statuses() }] } });
  reply({ error: { code: -32601, message: 'no' } });
});
`;

let at: CanaryDaemon;

beforeAll(async () => {
  at = await canaryDaemon();
});

afterAll(() => at.close());

const linux = { test: process.platform === 'linux' ? test : test.skip };

linux.test('R04d T-415 a service that requests the API of its daemon gets 403, other programs get 200', async () => {
  const program = join(at.folder, 'peer.mjs');
  await writeFile(program, PROGRAM);
  const origin = { type: 'local_process', command: process.execPath, args: [program, `${at.url}/api/status`] };
  const { services } = at.daemon.runtime;
  const { serviceId } = (await services.apply(embeddedCaller, manifestOf('peer', origin))).service;
  await services.start(embeddedCaller, serviceId);
  const answer = await at.mcp('tools/call', { name: 'peer__ask', arguments: {} });
  expect(answer).toContain('[403,403]');
  expect(await at.send('/api/status')).toMatch(/^\[200,/);
});
