import { readdir } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { startClarityd, type Clarityd } from '../support/clarityd.ts';
import { connectStock, type CalledTool, type StockClient } from '../support/stock-clients.ts';
import { temporaryWorkspace } from '../support/workspace.ts';

/** `share` traps for 0 people. */
const TRAPPING = `module Shop

// The result of each guest.
export function share(cents: Int64, guests: Int64) -> Int64 {
  cents / guests
}
`;
const BROKEN = TRAPPING.replace('cents / guests', 'cents / gusts');
const MENDED = TRAPPING.replace(
  'cents / guests',
  'match guests > 0 {\n    True -> cents / guests,\n    False -> 0\n  }',
);
const APP = { project_name: 'shop', module_name: 'Shop' };

const textOf = ({ content }: CalledTool): string => content[0]?.text ?? '';
const dataOf = (answer: CalledTool): Record<string, unknown> => {
  if (answer.isError === true) throw new Error(textOf(answer));
  return answer.structuredContent as Record<string, unknown>;
};
/** Returns `{ code, text }` of an error result. */
function refusalOf(answer: CalledTool): { readonly code: string; readonly text: string } {
  const { _meta: meta } = answer as CalledTool & { readonly _meta?: Record<string, { code: string } | undefined> };
  expect(answer.isError).toBe(true);
  return { code: meta?.['clarity/error']?.code ?? '', text: textOf(answer) };
}
const namesOf = async (client: StockClient): Promise<readonly string[]> =>
  (await client.list()).map(({ name }) => name);
const runtimeOf =
  (client: StockClient) =>
  (name: string, args: Record<string, unknown> = {}): Promise<CalledTool> =>
    client.call(`runtime__${name}`, args);

async function api(daemon: Clarityd, method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(`${daemon.url}${path}`, { method, headers, ...sent });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Record<string, unknown>;
}

test('[proof.end-to-end] an MCP client bootstraps, calls, breaks, fixes and removes an app', async () => {
  await using workspace = await temporaryWorkspace();
  await using daemon = await startClarityd({ cwd: workspace.path, env: { CLARITY_ENABLE_MCP_PROVISIONING: '1' } });
  const client = await connectStock(`${daemon.url}/mcp`);
  const runtime = runtimeOf(client);

  const made = dataOf(await runtime('bootstrap_clarity_app', APP));
  expect(made).toMatchObject({ registered: true, started: true, service: { lifecycle: 'RUNNING', health: 'HEALTHY' } });
  const { service_id: id } = made['service'] as { service_id: string };
  expect(await namesOf(client)).toEqual(expect.arrayContaining(['shop__fn__greet', 'shop__fn__add']));
  expect((await client.call('shop__fn__greet', { name: 'Ada' })).structuredContent).toEqual({ result: 'Hello, Ada!' });

  const asked = await runtime('explain', { tool: 'shop__fn__add' });
  const explained = (await daemon.ctl('explain', 'shop__fn__add', '--json')).stdout;
  expect(explained).toBe(`${textOf(asked)}\n`);
  const overHttp = await fetch(`${daemon.url}/api/explain?tool=shop__fn__add`);
  expect(JSON.stringify(JSON.parse(await overHttp.text()), null, 2)).toBe(textOf(asked));
  expect(dataOf(asked)).toMatchObject({ visibility: 'visible', callable: true });

  // A compile error names its position, and the previous code keeps running.
  const broken = refusalOf(await runtime('bootstrap_clarity_app', { ...APP, source: BROKEN, overwrite: true }));
  expect(broken.code).toBe('COMPILE_FAILED');
  expect(broken.text).toMatch(/gusts[^]*src\/main\.clarity:5:11[^]*did you mean `guests`/);
  expect((await client.call('shop__fn__add', { a: 2, b: 3 })).structuredContent).toEqual({ result: 5 });

  // A trap is in the result and in the log, and the service stays healthy.
  dataOf(await runtime('bootstrap_clarity_app', { ...APP, source: TRAPPING, overwrite: true }));
  expect(await namesOf(client)).toEqual(expect.arrayContaining(['shop__fn__share']));
  for (let i = 0; i < 10; i += 1) {
    expect(refusalOf(await client.call('shop__fn__share', { cents: 100, guests: 0 })).code).toBe('WASM_TRAP');
  }
  expect((await client.call('shop__fn__share', { cents: 100, guests: 4 })).structuredContent).toEqual({ result: 25 });
  expect(dataOf(await runtime('get_service', { service_id: id }))).toMatchObject({
    service: { runtime: { lifecycle: 'RUNNING', health: 'HEALTHY' } },
  });
  const { lines } = dataOf(await runtime('get_logs', { service_id: id })) as { lines: string[] };
  expect(lines.join('\n')).toMatch(/Call of fn__share failed: the function trapped \(WASM_TRAP\)/);
  const { items } = dataOf(await runtime('get_audit', { limit: 5 })) as { items: object[] };
  expect(items).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        kind: 'service.tool_called',
        data: expect.objectContaining({ outcome: 'tool_error' }),
      }),
    ]),
  );
  expect(dataOf(await runtime('diff_interface', { service_id: id }))).toMatchObject({ verdict: 'breaking' });

  dataOf(await runtime('bootstrap_clarity_app', { ...APP, source: MENDED, overwrite: true }));
  expect((await client.call('shop__fn__share', { cents: 100, guests: 0 })).structuredContent).toEqual({ result: 0 });

  expect(dataOf(await runtime('remove_service', { service_id: id, cleanup_artifacts: true }))).toMatchObject({
    removed: true,
    artifactRemoved: true,
  });
  expect((await namesOf(client)).filter((name) => name.startsWith('shop__'))).toEqual([]);
  await expect(client.call('shop__fn__share', { cents: 1, guests: 1 })).rejects.toThrow('unknown tool');

  // The same service through the API.
  const { compile } = dataOf(
    await runtime('bootstrap_clarity_app', { ...APP, project_name: 'second', register_service: false }),
  ) as {
    compile: { source: string; wasm: string };
  };
  const manifest = {
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: { sourceFile: compile.source, module: 'Second' },
    spec: {
      origin: { type: 'local_wasm', wasmPath: compile.wasm, entry: 'mcp_main' },
      enabled: true,
      autostart: false,
      restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 60 },
      policyRef: 'default',
    },
  };
  const { service } = (await api(daemon, 'POST', '/api/services/apply', { manifest })) as {
    service: { serviceId: string };
  };
  await api(daemon, 'POST', `/api/services/${service.serviceId}/start`);
  expect((await client.call('second__fn__add', { a: 2, b: 3 })).structuredContent).toEqual({ result: 5 });
  await api(daemon, 'DELETE', `/api/services/${service.serviceId}`);
  expect((await namesOf(client)).filter((name) => name.startsWith('second__'))).toEqual([]);
  await client.close();
});

test('[provisioning.gate] each step fails with a reason and a hint when an MCP client has no grant', async () => {
  await using workspace = await temporaryWorkspace();
  await workspace.write('calc.clarity', TRAPPING.replace('Shop', 'Calc'));
  await using daemon = await startClarityd({ cwd: workspace.path });
  const { serviceId } = await daemon.json('add', 'calc.clarity');
  const before = (await readdir(workspace.path, { recursive: true })).filter((name) => !name.startsWith('.clarity'));
  const client = await connectStock(`${daemon.url}/mcp`);
  const runtime = runtimeOf(client);
  const steps: readonly (readonly [string, Record<string, unknown>])[] = [
    ['bootstrap_clarity_app', APP],
    ['bootstrap_clarity_app', { ...APP, source: BROKEN, overwrite: true }],
    ['ensure_compiler', { auto_install: true }],
    ['register_local', { wasm_path: 'calc.wasm' }],
    ['apply_manifest', { manifest: {} }],
    ['remove_service', { service_id: String(serviceId), cleanup_artifacts: true }],
  ];
  for (const [name, args] of steps) {
    const { code, text } = refusalOf(await runtime(name, args));
    expect([name, code]).toEqual([name, 'GRANT_REQUIRED']);
    expect(text).toContain('CLARITY_ENABLE_MCP_PROVISIONING=1');
  }
  expect(dataOf(await runtime('explain', { tool: 'runtime__bootstrap_clarity_app' }))).toMatchObject({
    visibility: 'denied',
    reasons: [{ code: 'GRANT_REQUIRED', hint: expect.stringContaining('CLARITY_ENABLE_MCP_PROVISIONING=1') }],
  });
  const now = (await readdir(workspace.path, { recursive: true })).filter((name) => !name.startsWith('.clarity'));
  expect(now).toEqual(before);
  expect((await client.call('calc__fn__share', { cents: 9, guests: 3 })).structuredContent).toEqual({ result: 3 });
  await client.close();
});

test('[provisioning.approval] an MCP client waits for the decision of an operator at each step', async () => {
  await using workspace = await temporaryWorkspace();
  await using daemon = await startClarityd({
    cwd: workspace.path,
    env: { CLARITY_ENABLE_MCP_PROVISIONING: 'approve' },
  });
  const client = await connectStock(`${daemon.url}/mcp`);
  const runtime = runtimeOf(client);

  const waiting = dataOf(await runtime('bootstrap_clarity_app', APP));
  expect(waiting).toMatchObject({ approval: { state: 'pending' } });
  expect(dataOf(await runtime('bootstrap_clarity_app', APP))).toEqual(waiting);
  expect((await namesOf(client)).filter((name) => /^shop__|approv|accept/.test(name))).toEqual([]);
  const { items } = (await daemon.json('approvals', 'list')) as unknown as { items: { id: string; tool: string }[] };
  expect(items).toMatchObject([{ tool: 'bootstrap_clarity_app', state: 'pending', arguments: APP }]);
  await daemon.json('approvals', 'approve', items[0]?.id ?? '');
  const made = dataOf(await runtime('bootstrap_clarity_app', APP));
  expect(made).toMatchObject({ registered: true, started: true });
  expect((await client.call('shop__fn__add', { a: 2, b: 3 })).structuredContent).toEqual({ result: 5 });

  const { service_id: id } = made['service'] as { service_id: string };
  const removal = { service_id: id, cleanup_artifacts: true };
  expect(dataOf(await runtime('remove_service', removal))).toMatchObject({ approval: { state: 'pending' } });
  const pending = (await api(daemon, 'GET', '/api/approvals')) as { items: { id: string; state: string }[] };
  const open = pending.items.find(({ state }) => state === 'pending');
  await api(daemon, 'POST', `/api/approvals/${String(open?.id)}/deny`, { reason: 'it is still needed' });
  const denied = refusalOf(await runtime('remove_service', removal));
  expect(denied.code).toBe('APPROVAL_DENIED');
  expect(denied.text).toContain('it is still needed');
  expect((await client.call('shop__fn__add', { a: 2, b: 3 })).structuredContent).toEqual({ result: 5 });
  await client.close();
});
