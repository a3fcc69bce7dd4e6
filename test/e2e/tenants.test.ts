import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startClarityd, type Clarityd } from '../support/clarityd.ts';
import { modernRemote } from '../support/remote-services.ts';
import { temporaryWorkspace } from '../support/workspace.ts';

/** Returns the names of the tools that `/mcp` lists, or the status of a refusal. */
async function toolsAt({ url }: Clarityd, token?: string): Promise<readonly string[] | number> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/list',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta } });
  const answer = await fetch(`${url}/mcp`, { method: 'POST', headers, body });
  if (answer.status !== 200) return answer.status;
  const { result } = (await answer.json()) as { result: { tools: { name: string }[] } };
  return result.tools.map(({ name }) => name).filter((name) => !name.startsWith('runtime__'));
}

/** Sends a request to the API as a program of this machine, in a tenant. */
async function api(
  { url }: Clarityd,
  method: string,
  path: string,
  { tenant, body }: { tenant?: string; body?: object } = {},
) {
  const headers = {
    'content-type': 'application/json',
    ...(tenant === undefined ? {} : { 'x-clarity-tenant': tenant }),
  };
  const answer = await fetch(url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
}

const remoteOf = (module: string, endpoint: string, authRef: string) => ({
  manifest: {
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: { sourceFile: endpoint, module },
    spec: {
      origin: { type: 'remote_mcp', endpoint, transport: 'streamable_http', authRef },
      enabled: true,
      autostart: true,
      policyRef: 'default',
      restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 60 },
    },
  },
});

test('[later.isolation] a tenant has its own services, secrets and tokens, keeps them over a restart, and is removed with them', async () => {
  await using workspace = await temporaryWorkspace();
  await using remote = await modernRemote('the-secret-of-acme');
  const folder = join(workspace.path, '.clarity', 'tenants', 'acme');
  const acme = { tenant: 'acme' } as const;
  let token: string;
  {
    await using daemon = await startClarityd({ cwd: workspace.path });
    expect(await daemon.json('tenant', 'create', 'acme')).toEqual({
      tenant: { name: 'acme', state: 'open', services: 0, tokens: 0 },
    });
    ({ token } = (await daemon.json('token', 'create', 'bot', '--tenant', 'acme')) as { token: string });
    const host = new URL(remote.url).host;
    await daemon.json('auth', 'set-secret', 'file:key', 'the-secret-of-acme', '--host', host, '--tenant', 'acme');
    const applied = await api(daemon, 'POST', '/api/services/apply', {
      ...acme,
      body: remoteOf('docs', remote.url, 'file:key'),
    });
    const { serviceId } = (JSON.parse(applied.text) as { service: { serviceId: string } }).service;
    expect((await api(daemon, 'POST', `/api/services/${serviceId}/start`, { ...acme, body: {} })).status).toBe(200);
    expect(await toolsAt(daemon, token)).toEqual(expect.arrayContaining(['docs__echo']));
    // The tenant `default` has neither the service nor the secret.
    expect(await toolsAt(daemon)).toEqual([]);
    expect((await api(daemon, 'GET', '/api/security/auth/secrets')).text).not.toContain('key"');
    const events = (await api(daemon, 'GET', '/api/audit')).text;
    expect([events.includes('tenant.created'), events.includes('docs')]).toEqual([true, false]);
    await daemon.end();
  }
  await using daemon = await startClarityd({ cwd: workspace.path });
  expect(await daemon.json('tenant', 'list')).toEqual({
    items: [{ name: 'acme', state: 'open', services: 1, tokens: 1 }],
  });
  expect(await toolsAt(daemon, token)).toEqual(expect.arrayContaining(['docs__echo']));
  const refused = await daemon.ctl('tenant', 'remove', 'acme');
  expect([refused.exitCode === 0, refused.stderr]).toEqual([false, expect.stringContaining('docs')]);
  const removed = await daemon.json('tenant', 'remove', 'acme', '--force');
  expect(removed).toEqual({ removed: true, name: 'acme', lost: { services: ['docs'], tokens: 1 } });
  expect(await toolsAt(daemon, token)).toBe(401);
  expect(existsSync(folder)).toBe(false);
  expect((await api(daemon, 'GET', '/api/audit')).text).toContain('tenant.removed');
  expect((await daemon.ctl('list', '--tenant', 'acme')).stderr).toContain('tenant not found');
});
