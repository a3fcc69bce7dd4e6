import { beforeEach, describe, expect, test } from '@jest/globals';
import { createRuntime, type Capabilities, type Runtime } from '@clarity-runtime/core';
import { manifestOf } from '../../support/fake-connector.ts';
import { FakeUpstream, reply } from '../../support/fake-upstream.ts';
import { operator, resultOf } from '../../support/speak.ts';
import { TestClient } from '../../support/test-client.ts';

let upstream: FakeUpstream;
let runtime: Runtime;

const call = async (from: TestClient): Promise<unknown> =>
  resultOf(await from.request('tools/call', { name: 'a__t', arguments: {} }))['structuredContent'];

describe('M14 a legacy remote (cheap sessions)', () => {
  const roots: Capabilities = { roots: { listChanged: true } };
  const listRoots = { method: 'roots/list', params: new Map() };
  const folder = { roots: [{ uri: 'file:///work', name: 'work' }] };

  beforeEach(async () => {
    upstream = new FakeUpstream();
    upstream.sessions = true;
    upstream.lists.set('a tools', '[{"name":"t"}]');
    upstream.answer = async (_request, exchange) => {
      const answer = await exchange.onRequest(listRoots);
      return reply({
        content: [],
        structuredContent: 'result' in answer ? (answer.result.value as object) : { none: true },
      });
    };
    runtime = await createRuntime({ connectors: [upstream] });
    const { service } = await runtime.services.apply(operator, manifestOf('a'));
    await runtime.services.start(operator, service.serviceId);
  });

  test('gets the roots of each legacy client that declares them', async () => {
    for (const name of ['one', 'two']) {
      const own = { roots: [{ uri: `file:///${name}`, name }] };
      const given = new TestClient(runtime, { capabilities: roots, onAsk: () => Promise.resolve(reply(own)) });
      expect(await call(given)).toEqual(own);
      expect(given.asked.map(({ method }) => method)).toEqual(['roots/list']);
    }
  });

  test('gets the roots of a modern client, which answers input_required', async () => {
    const modern = new TestClient(runtime, { era: 'modern', capabilities: roots });
    const first = resultOf(await modern.request('tools/call', { name: 'a__t', arguments: {} })) as {
      resultType: string;
      requestState: string;
      inputRequests: Record<string, { method: string }>;
    };
    expect(first.resultType).toBe('input_required');
    const [[key, question] = []] = Object.entries(first.inputRequests);
    expect(question?.method).toBe('roots/list');
    const again = {
      name: 'a__t',
      arguments: {},
      requestState: first.requestState,
      inputResponses: { [key ?? '']: folder },
    };
    expect(resultOf(await modern.request('tools/call', again))['structuredContent']).toEqual(folder);
  });

  test('gets none of a client that does not declare roots, and gets no request', async () => {
    const given = new TestClient(runtime);
    expect(await call(given)).toEqual({ none: true });
    expect(given.asked).toEqual([]);
  });
});
