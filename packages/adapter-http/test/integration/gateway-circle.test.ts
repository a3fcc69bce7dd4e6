import { afterEach, expect, test } from '@jest/globals';
import { embeddedCaller, type ServiceStatus } from '@clarity-runtime/core';
import { httpConnector } from '../../src/index.ts';
import { ask, post } from '../support/http-client.ts';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { FakeConnector } from '../support/fake-connector.ts';
import { remoteManifest } from '../support/remote-service.ts';

const daemons: Daemon[] = [];

afterEach(async () => {
  for (const daemon of daemons.splice(0)) await daemon[Symbol.asyncDispose]();
});

async function gateway(prefix: 'always' | 'collision' = 'always'): Promise<Daemon> {
  const daemon = await startDaemon({
    adapters: { connectors: [new FakeConnector(), httpConnector()] },
    runtimeOptions: { prefix },
  });
  daemons.push(daemon);
  return daemon;
}

/** Registers gateway `to` as service `name` of gateway `from`, and starts it. Returns its status. */
async function link(from: Daemon, name: string, to: Daemon): Promise<ServiceStatus & { readonly id: string }> {
  const plain = remoteManifest(`${to.url}/mcp`);
  const manifest = { ...plain, metadata: { ...plain.metadata, module: name } };
  const { service } = await from.runtime.services.apply(embeddedCaller, manifest);
  const { status } = await from.runtime.services.start(embeddedCaller, service.serviceId);
  return { id: service.serviceId, ...status };
}

test('T-384 R150b a service that leads back to its own gateway does not start, and the error names it', async () => {
  const a = await gateway();
  const { lifecycle, lastError } = await link(a, 'self', a);
  expect(lifecycle).not.toBe('RUNNING');
  expect(lastError).toContain("the gateway reaches itself: through its service 'self'");
});

test('R150b the gateway that closes a circle of two or three gateways refuses the service that closes it', async () => {
  const [a, b, c] = [await gateway(), await gateway(), await gateway()];
  const { id } = await link(a, 'to_b', b);
  const circle = "the gateway reaches itself: service 'to_a' lists the tools of this gateway";
  expect((await link(b, 'to_a', a)).lastError).toContain(circle);
  expect((await link(b, 'to_c', c)).lifecycle).toBe('RUNNING');
  await a.runtime.services.introspect(embeddedCaller, id);
  expect((await link(c, 'to_a', a)).lastError).toContain(circle);
});

test('R150b a chain of gateways works, and a client sees no marks', async () => {
  const [a, b, c] = [await gateway(), await gateway(), await gateway()];
  await c.runtime.services.start(embeddedCaller, await c.register('math'));
  expect((await link(b, 'c', c)).lifecycle).toBe('RUNNING');
  expect((await link(a, 'b', b)).lifecycle).toBe('RUNNING');
  const list = await post(a, '/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/list' });
  const { tools } = list.body['result'] as { tools: { name: string }[] };
  const name = tools.map((tool) => tool.name).find((tool) => tool.startsWith('b__c__math__')) ?? '';
  expect(name).not.toBe('');
  expect(JSON.stringify(list.body)).not.toContain('clarity/reaches');
  const call = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name, arguments: {} } };
  const { body } = await post(a, '/mcp', call);
  expect(body['result']).not.toHaveProperty('isError', true);
});

test('R150c a call that comes back to a gateway is refused with 508 and the names of the circle', async () => {
  const a = await gateway();
  const [own, other] = [a.runtime.instance.id, 'b'.repeat(16)];
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x', arguments: {} } };
  const inMeta = { ...call, params: { ...call.params, _meta: { 'clarity/hops': [`${own}/team`] } } };
  const message = "the gateway reaches itself: through its service 'team', then 'back' of gateway bbbbbbbb";
  for (const sent of [
    { json: call, headers: { 'clarity-hops': `${own}/team, ${other}/back` } },
    { json: inMeta, headers: { 'clarity-hops': `${other}/back` } },
  ]) {
    const { status, body } = await ask(a, '/mcp', { method: 'POST', ...sent });
    expect([status, (body['error'] as { message: string }).message]).toEqual([508, message]);
  }
});
