import { beforeEach, expect, test } from '@jest/globals';
import type { Capabilities } from '@clarity-runtime/core';
import { reply } from '../../support/fake-upstream.ts';
import { resultOf } from '../../support/speak.ts';
import { TestClient } from '../../support/test-client.ts';
import { withUpstream, type Upstreams } from '../../support/with-upstream.ts';

const pages: Capabilities = {
  extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } },
};
const tool = (name: string, ui?: object): object => ({ name, ...(ui === undefined ? {} : { _meta: { ui } }) });
const page = { resourceUri: 'ui://app/main.html' };

let given: Upstreams;
beforeEach(async () => {
  given = await withUpstream();
  given.upstream.answer = ({ params }, _exchange, { module }) =>
    Promise.resolve(
      reply({
        contents: [{ uri: params.get('uri')?.value ?? '' }],
        from: `${module} ${String(params.get('uri')?.value ?? params.get('name')?.value)}`,
      }),
    );
});

const client = (
  capabilities: Capabilities = pages,
  era: 'legacy' | 'modern' = 'legacy',
  service?: string,
): TestClient => new TestClient(given.runtime, { era, capabilities, ...(service === undefined ? {} : { service }) });
const toolsOf = async (of: TestClient): Promise<readonly { name: string; _meta?: { ui?: object } }[]> =>
  resultOf(await of.request('tools/list'))['tools'] as { name: string }[];
const namesOf = async (of: TestClient): Promise<readonly string[]> => (await toolsOf(of)).map(({ name }) => name);

test('Q06 M12 the pages of two instances of a service are listed and read under the name of each', async () => {
  for (const module of ['alpha', 'beta']) {
    given.upstream.lists.set(`${module} tools`, JSON.stringify([tool('show', page)]));
    given.upstream.lists.set(`${module} resources`, '[{"uri":"ui://app/main.html","name":"page"}]');
    await given.run(module);
  }
  for (const module of ['alpha', 'beta']) {
    const uri = `ui://${module}/app/main.html`;
    const shown = (await toolsOf(client())).find(({ name }) => name === `${module}__show`);
    expect(shown?._meta?.ui).toEqual({ resourceUri: uri });
    expect(resultOf(await client().request('resources/read', { uri }))).toEqual({
      contents: [{ uri }],
      from: `${module} ui://app/main.html`,
    });
    expect((await toolsOf(client(pages, 'legacy', module)))[0]?._meta?.ui).toEqual(page);
  }
});

test('M9 a page calls a tool of its own service by the name of the tool', async () => {
  given.upstream.lists.set(
    'appreact tools',
    JSON.stringify([tool('get-time', page), tool('hidden', { visibility: ['model'] })]),
  );
  given.upstream.lists.set('plain tools', '[{"name":"get-time"},{"name":"other"}]');
  await given.run('plain');
  await given.run('appreact');
  const call = (name: string) => client().request('tools/call', { name });
  expect(resultOf(await call('get-time'))).toMatchObject({ from: 'appreact get-time' });
  for (const name of ['hidden', 'other']) expect(await call(name)).toMatchObject({ error: { code: -32602 } });
  given.upstream.lists.set('second tools', JSON.stringify([tool('get-time', page)]));
  await given.run('second');
  expect(await call('get-time')).toMatchObject({ error: { message: expect.stringContaining('appreact, second') } });
});

test('Q07 a tool that only pages call is listed for clients that show pages', async () => {
  given.upstream.lists.set('a tools', JSON.stringify([tool('model', page), tool('poll', { visibility: ['app'] })]));
  await given.run('a');
  expect(await namesOf(client())).toEqual(['a__model', 'a__poll']);
  expect(await namesOf(client({}))).toEqual(['a__model']);
});

test.each(['legacy', 'modern'] as const)(
  'Q07 a %s client that shows pages sees and calls the tools that a modern service lists for it',
  async (era) => {
    given.upstream.era = 'modern';
    const declared = (params: ReadonlyMap<string, { readonly value: unknown }>): boolean =>
      JSON.stringify(params.get('_meta')?.value ?? {}).includes('io.modelcontextprotocol/ui');
    given.upstream.lists.set('a tools', ({ params }) =>
      reply({ tools: declared(params) ? [tool('plain'), tool('widget')] : [tool('plain')] }),
    );
    await given.run('a');
    const meta = { 'io.modelcontextprotocol/clientCapabilities': pages };
    const own = client(pages, era);
    expect(await namesOf(own)).toEqual(['a__plain', 'a__widget']);
    await own.request('tools/call', { name: 'a__widget', ...(era === 'modern' ? { _meta: meta } : {}) });
    expect(declared(given.upstream.requests.at(-1)?.params ?? new Map())).toBe(true);
    expect(await namesOf(client({}, era))).toEqual(['a__plain']);
  },
);
