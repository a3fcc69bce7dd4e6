import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { embeddedCaller } from '@clarity-runtime/core';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { modern, postModern } from '../support/mcp-client.ts';

let daemon: Daemon;
let id: string;
beforeAll(async () => {
  daemon = await startDaemon({ mcpGrants: ['read', 'call'], runtimeOptions: { controlTools: true } });
  id = await daemon.register('calc');
  await daemon.runtime.services.start(embeddedCaller, id);
});
afterAll(() => daemon[Symbol.asyncDispose]());

/** The tools of `read`: names, status, help, reviews. Every other control tool needs another grant. */
const READ_TOOLS = [
  'clarity_help',
  'clarity_project_structure',
  'clarity_sources',
  'diff_interface',
  'ensure_compiler',
  'explain',
  'list_services',
  'login_status',
  'status_summary',
];

const rpc = async (method: string, params: Readonly<Record<string, unknown>>) =>
  (await postModern(daemon, modern(method, params))).message?.result;

test('case 1: a client with read and call lists the control tools of read alone', async () => {
  const result = await rpc('tools/list', {});
  const names = (result as { tools: { name: string }[] }).tools.map(({ name }) => name);
  expect(names.filter((name) => name.startsWith('runtime__')).sort()).toEqual(
    READ_TOOLS.map((name) => `runtime__${name}`),
  );
  expect(names).toContain('calc__add');
});

test('case 1: every other control tool is refused by its name and by its alias, and nothing changes', async () => {
  const { runtime } = daemon;
  const before = JSON.stringify(runtime.services.list(embeddedCaller).map(({ service, status }) => [service, status]));
  const others = runtime.systemTools.filter((name) => !READ_TOOLS.includes(name.slice('runtime__'.length)));
  expect(others.length).toBeGreaterThan(15);
  const args = {
    service_id: id,
    auth_ref: 'file:x',
    secret: 'value-of-a-secret',
    project_name: 'p',
    endpoint: 'http://localhost:1',
  };
  for (const name of [...others, 'clarity__bootstrap_app']) {
    const result = await rpc('tools/call', { name, arguments: args });
    expect([name, result?.['isError'], result?.['_meta']]).toEqual([
      name,
      true,
      expect.objectContaining({ 'clarity/error': expect.objectContaining({ code: 'GRANT_REQUIRED' }) }),
    ]);
  }
  expect(JSON.stringify(runtime.services.list(embeddedCaller).map(({ service, status }) => [service, status]))).toBe(
    before,
  );
  expect((await runtime.secrets.list(embeddedCaller)).count).toBe(0);
});
