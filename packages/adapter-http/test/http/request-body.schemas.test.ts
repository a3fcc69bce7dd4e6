import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { routes as contract } from '@clarity-runtime/api-contract';
import { startDaemon, type Daemon } from '../support/daemon.ts';

const routes = Object.values(contract)
  .filter((row) => 'body' in row)
  .map(({ method, path }) => [method, path] as const);

const TOKEN = 'correct-horse-battery-staple';

let daemon: Daemon;
let id: string;

beforeAll(async () => {
  daemon = await startDaemon({ token: TOKEN });
  id = await daemon.register('calc');
});

afterAll(() => daemon[Symbol.asyncDispose]());

test('the contract has routes with a body', () => {
  expect(routes.length).toBeGreaterThan(15);
});

test.each(routes)('%s %s rejects a body against its schema with the name of the field', async (method, path) => {
  const refused = async (body: string) => {
    const url = daemon.url + path.replace(':id', id);
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${TOKEN}`,
      origin: daemon.url,
    };
    const answer = await fetch(url, { method, headers, body });
    return [body, answer.status, (await answer.json()) as unknown] as const;
  };
  for (const body of ['{', '[]', 'null', '"text"', '7']) {
    const [, status, reply] = await refused(body);
    expect([body, status, reply]).toMatchObject([body, 400, { code: 'REQUEST_INVALID' }]);
  }
  const [, status, reply] = await refused('{"no_such_field":1}');
  expect([status, reply]).toMatchObject([400, { code: 'REQUEST_INVALID', field: expect.any(String) }]);
  expect(daemon.log).toEqual([]);
});
