import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pageOf } from '../../src/api/paging.ts';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { ask, post } from '../support/http-client.ts';

let daemon: Daemon;

beforeAll(async () => {
  daemon = await startDaemon();
  for (const module of ['delta', 'alpha', 'echo', 'bravo', 'charlie']) await daemon.register(module);
});

afterAll(() => daemon[Symbol.asyncDispose]());

const page = async (query: string): Promise<{ names: readonly string[]; next: string | undefined }> => {
  const { status, body } = await ask(daemon, `/api/services${query}`);
  expect(status).toBe(200);
  const items = body['items'] as { namespace: string }[];
  return { names: items.map(({ namespace }) => namespace), next: body['next'] as string | undefined };
};

test('GET /api/services returns pages, or without limit all services and no cursor', async () => {
  expect(await page('')).toEqual({ names: ['alpha', 'bravo', 'charlie', 'delta', 'echo'], next: undefined });
  const first = await page('?limit=2');
  expect(first.names).toEqual(['alpha', 'bravo']);
  const second = await page(`?limit=2&after=${String(first.next)}`);
  expect(second.names).toEqual(['charlie', 'delta']);
  expect(await page(`?limit=2&after=${String(second.next)}`)).toEqual({ names: ['echo'], next: undefined });
  expect(await page(`?after=${String(second.next)}`)).toEqual({ names: ['echo'], next: undefined });
});

test('GET /api/policies returns pages', async () => {
  const policy = { apiVersion: 'clarity.runtime/v1', kind: 'Policy', metadata: { name: 'zulu' }, spec: {} };
  await post(daemon, '/api/policies/apply', { policy });
  const { body } = await ask(daemon, '/api/policies?limit=1');
  expect(body['items']).toMatchObject([{ metadata: { name: 'default' } }]);
  const rest = await ask(daemon, `/api/policies?after=${String(body['next'])}`);
  expect(rest.body).toEqual({ items: [policy] });
});

test.each([
  ['limit=0', 'limit'],
  ['limit=2001', 'limit'],
  ['limit=two', 'limit'],
  ['after=', 'after'],
  ['after=%00', 'after'],
  ['after=YWxwaGE%3D', 'after'],
  ['after=!', 'after'],
  [`after=${'A'.repeat(1_001)}`, 'after'],
  ['cursor=x', 'cursor'],
  ['limit=1&limit=2', 'limit'],
])('P26 %s is rejected with the name of the parameter', async (query, field) => {
  for (const path of ['/api/services', '/api/policies']) {
    expect(await ask(daemon, `${path}?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID', field },
    });
  }
});

test('the pages of a list contain the whole list for any names and page sizes', () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1, unit: 'grapheme' }), { maxLength: 30 });
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 10 }), (given, limit) => {
      const all = given.toSorted();
      const read: string[] = [];
      let page = pageOf(all, (name) => name, { limit });
      read.push(...page.items);
      while (page.next !== undefined && read.length <= all.length) {
        page = pageOf(all, (name) => name, { limit, after: page.next });
        read.push(...page.items);
      }
      expect(read).toEqual(all);
    }),
  );
});
