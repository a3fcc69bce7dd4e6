import { expect, test } from '@jest/globals';
import { createRuntime, RawJson, type Caller, type McpReply, type Runtime } from '@clarity-runtime/core';
import { systemCaller } from '@clarity-runtime/core/internal';
import { Files, manifestOf, withFiles } from '../support/connector.ts';
import { testHost } from '../support/host.ts';
import { sampleDocument, sampleWasm } from '../support/sample-service.ts';

const caller: Caller = { ...systemCaller, credential: { kind: 'none', id: 'test' }, door: 'mcp' };

function ask(runtime: Runtime, method: string, params: Readonly<Record<string, string>> = {}): Promise<McpReply> {
  const peer = runtime.gateway.open({ caller, era: 'legacy', revision: '2025-11-25' });
  const members = new Map(Object.entries(params).map(([name, json]) => [name, RawJson.fromText(json)]));
  return peer.request(
    { method, params: members },
    {
      signal: new AbortController().signal,
      send: () => undefined,
      ask: () => Promise.resolve({ error: { code: -32601, message: 'no' } }),
    },
  );
}

test('[local.tool-name] [local.execution] [progress.in-process-wasm] /mcp calls an applied module', async () => {
  const host = testHost();
  const connectors = [withFiles(new Files(sampleWasm, sampleDocument), host)];
  const runtime = await createRuntime({ connectors, owned: [host] });
  const applied = await runtime.services.apply(caller, manifestOf());
  await runtime.services.start(caller, applied.service.serviceId);
  const listed = await ask(runtime, 'tools/list');
  expect('result' in listed && listed.result.text).toContain('"name":"sample__fn__sum"');
  const reply = await ask(runtime, 'tools/call', { name: '"sample__fn__sum"', arguments: '{"a":2,"b":3}' });
  expect(reply).toMatchObject({ result: { value: { structuredContent: { result: 5 } } } });
  await runtime[Symbol.asyncDispose]();
  expect(host.stats.live).toBe(0);
});
