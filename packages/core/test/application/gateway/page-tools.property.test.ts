import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Capabilities } from '@clarity-runtime/core';
import { reply } from '../../support/fake-upstream.ts';
import { TestClient } from '../../support/test-client.ts';
import { withUpstream } from '../../support/with-upstream.ts';

const pages: Capabilities = {
  extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } },
};
const MODULES = ['a', 'b', 'c'] as const;
const NAMES = ['get', 'poll', 'sum'] as const;
const toolArb = fc.record({
  name: fc.constantFrom(...NAMES),
  hasPage: fc.boolean(),
  visibility: fc.constantFrom<readonly string[] | undefined>(undefined, ['app'], ['model'], ['model', 'app'], []),
});
const servicesArb = fc.tuple(
  ...MODULES.map(() => fc.uniqueArray(toolArb, { selector: ({ name }) => name, maxLength: NAMES.length })),
);

test('M9 law: the name of a tool in a call of a page reaches the one service with pages that has it, and never another', async () => {
  await fc.assert(
    fc.asyncProperty(servicesArb, fc.constantFrom('legacy', 'modern'), async (services, era) => {
      const { upstream, runtime, run } = await withUpstream();
      upstream.answer = ({ params }, _exchange, { module }) =>
        Promise.resolve(reply({ content: [], from: `${module} ${String(params.get('name')?.value)}` }));
      for (const [at, module] of MODULES.entries()) {
        const tools = services[at]?.map(({ name, hasPage, visibility }) => ({
          name,
          _meta: { ui: { ...(hasPage ? { resourceUri: 'ui://app/page' } : {}), visibility } },
        }));
        upstream.lists.set(`${module} tools`, JSON.stringify(tools));
        await run(module);
      }
      const client = new TestClient(runtime, { era, capabilities: pages });
      for (const name of NAMES) {
        const owners = MODULES.filter((_, at) => {
          const tools = services[at] ?? [];
          const isForPages = tools.some((tool) => tool.name === name && (tool.visibility?.includes('app') ?? true));
          return isForPages && tools.some(({ hasPage }) => hasPage);
        });
        const before = upstream.requests.filter(({ method }) => method === 'tools/call').length;
        const meta = { 'io.modelcontextprotocol/clientCapabilities': pages };
        const answer = await client.request('tools/call', { name, ...(era === 'modern' ? { _meta: meta } : {}) });
        const sent = upstream.requests.filter(({ method }) => method === 'tools/call').length - before;
        expect(sent).toBe(owners.length === 1 ? 1 : 0);
        if ('error' in answer) {
          expect(owners.length).not.toBe(1);
          expect(answer.error.code).toBe(-32602);
          if (owners.length > 1) expect(answer.error.message).toContain(owners.join(', '));
        } else expect(answer.result.value).toMatchObject({ from: `${String(owners[0])} ${name}` });
      }
      await runtime.close();
    }),
    { numRuns: 40 },
  );
});

test('M12 law: however many instances of a server run, each page is listed and read at its own instance', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }),
      fc.uniqueArray(fc.webPath({ size: 'small' }), { minLength: 1, maxLength: 3 }),
      async (modules, paths) => {
        const { upstream, runtime, run } = await withUpstream();
        upstream.answer = ({ params }, _exchange, { module }) =>
          Promise.resolve(reply({ contents: [], from: module, uri: params.get('uri')?.value }));
        const uris = paths.map((path) => `ui://app${path}`);
        for (const module of modules) {
          upstream.lists.set(`${module} resources`, JSON.stringify(uris.map((uri) => ({ uri, name: uri }))));
          await run(module);
        }
        const client = new TestClient(runtime, { capabilities: pages });
        const list = await client.request('resources/list');
        if ('error' in list) throw new Error(list.error.message);
        const shown = (list.result.value as { resources: { uri: string }[] }).resources.map(({ uri }) => uri);
        expect(new Set(shown).size).toBe(modules.length * uris.length);
        const origins: string[] = [];
        for (const uri of shown) {
          expect(uri.startsWith('ui://')).toBe(true);
          const read = await client.request('resources/read', { uri });
          if ('error' in read) throw new Error(`${uri}: ${read.error.message}`);
          const { from, uri: own } = read.result.value as { from: string; uri: string };
          origins.push(`${from} ${own}`);
        }
        expect(origins.sort()).toEqual(modules.flatMap((module) => uris.map((uri) => `${module} ${uri}`)).sort());
        await runtime.close();
      },
    ),
    { numRuns: 40 },
  );
});
