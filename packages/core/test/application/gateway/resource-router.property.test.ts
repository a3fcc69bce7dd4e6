import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { embeddedCaller, type Caller } from '@clarity-runtime/core';
import { reply } from '../../support/fake-upstream.ts';
import { TestClient } from '../../support/test-client.ts';
import { withUpstream } from '../../support/with-upstream.ts';

const MODULES = ['a', 'b', 'c'] as const;
const URIS = ['note://1', 'note://2', 'file:///x', 'https://example.org/x'] as const;
const CALLERS: readonly Caller[] = ['one', 'two'].map((id) => ({
  ...embeddedCaller,
  principal: { kind: 'token', id },
  door: 'mcp',
}));

const eventArb = fc.record({
  kind: fc.constantFrom('link' as const, 'read' as const),
  module: fc.constantFrom(...MODULES),
  uri: fc.constantFrom(...URIS),
  caller: fc.nat(CALLERS.length - 1),
});

test('M11 law: a read of a URI that no list has asks at most one service, which named the URI to this caller', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(eventArb, { minLength: 1, maxLength: 25 }), async (events) => {
      const { upstream, runtime, run } = await withUpstream();
      upstream.answer = ({ method, params }, _exchange, { module }) => {
        const uri = (params.get('arguments')?.value as { uri?: string } | undefined)?.uri;
        const content = [{ type: 'resource_link', uri, name: 'n' }];
        return Promise.resolve(reply(method === 'tools/call' ? { content } : { contents: [], from: module }));
      };
      for (const module of MODULES) {
        upstream.lists.set(`${module} tools`, '[{"name":"link"}]');
        await run(module);
      }
      const clients = CALLERS.map((caller) => new TestClient(runtime, { caller }));
      /** Services that named a URI, by caller. */
      const named = CALLERS.map(() => new Map<string, Set<string>>());
      const reads = (): number => upstream.requests.filter(({ method }) => method === 'resources/read').length;
      for (const { kind, module, uri, caller } of events) {
        const client = clients[caller];
        const known = named[caller];
        if (client === undefined || known === undefined) continue;
        if (kind === 'link') {
          const answer = await client.request('tools/call', { name: `${module}__link`, arguments: { uri } });
          if ('error' in answer) throw new Error(answer.error.message);
          const shown = (answer.result.value as { content: { uri: string }[] }).content[0]?.uri ?? '';
          known.set(uri, (known.get(uri) ?? new Set()).add(module));
          // The link itself leads to the service that has just named it, in whatever form it is shown.
          const read = await client.request('resources/read', { uri: shown });
          expect(read).toMatchObject({ result: { value: { from: module } } });
          continue;
        }
        const before = reads();
        const read = await client.request('resources/read', { uri });
        const owners = known.get(uri);
        expect(reads() - before).toBe(owners === undefined ? 0 : 1);
        if ('error' in read) expect(owners).toBeUndefined();
        else expect([...(owners ?? [])]).toContain((read.result.value as { from: string }).from);
      }
      await runtime.close();
    }),
    { numRuns: 40 },
  );
});
