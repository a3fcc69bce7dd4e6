import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from '@jest/globals';
import { routes, type ApiRoute } from '@clarity-runtime/api-contract';
import { errorRow, type ErrorCode } from '@clarity-runtime/core';
import { apiRoutes, type ApiDependencies } from '../../src/api/api-routes.ts';
import { startDaemon } from '../support/daemon.ts';
import { Documented, operationsOf } from '../support/documented.ts';
import { ask } from '../support/http-client.ts';

test('the document is valid OpenAPI 3.1', async () => {
  await using daemon = await startDaemon();
  const { document } = await Documented.of(daemon);
  expect(document.openapi).toBe('3.1.0');
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  expect(await new Validator().validate({ ...structuredClone(document), paths: { x: 1 } })).toMatchObject({
    valid: false,
  });
});

type Row = Pick<ApiRoute, 'method' | 'path'>;
const rowsOf = (rows: readonly Row[]): readonly string[] =>
  rows.map(({ method, path }) => `${method} ${path.replace(':id', '{id}')}`).sort();

test('the document has exactly the routes of the contract, and the daemon serves each one', async () => {
  await using daemon = await startDaemon();
  const api = await Documented.of(daemon);
  const { document } = api;
  expect(operationsOf(api)).toEqual(rowsOf(Object.values(routes)));
  const { openSession, endSession, ...others } = routes;
  // The routes of the session have no caller yet, so that the listener serves them before the router.
  const served = apiRoutes({ runtime: daemon.runtime } as ApiDependencies);
  expect(rowsOf(served)).toEqual(rowsOf(Object.values(others)));
  for (const { method, path } of [openSession, endSession]) {
    expect(await ask(daemon, path, { method, json: {} })).toMatchObject({
      status: 403,
      body: { code: 'ORIGIN_FORBIDDEN' },
    });
  }
  const ids = Object.values(document.paths).flatMap((operations) =>
    Object.values(operations).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test('the document has the parameters and bodies of the schemas of the routes', async () => {
  await using daemon = await startDaemon();
  const { paths } = (await Documented.of(daemon)).document;
  expect(paths['/api/audit']?.['get']?.parameters).toContainEqual({
    name: 'limit',
    in: 'query',
    description: '200 when absent.',
    schema: { type: 'integer', minimum: 1, maximum: 2_000 },
  });
  expect(paths['/api/security/auth/validate']?.['get']?.parameters).toMatchObject([
    { name: 'auth_ref', required: true },
  ]);
  expect(paths['/api/security/auth/secrets']?.['post']?.requestBody).toMatchObject({
    required: true,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: { auth_ref: { type: 'string' }, secret: { type: 'string' } },
          required: ['auth_ref', 'secret'],
          additionalProperties: false,
        },
      },
    },
  });
  expect(paths['/api/services/{id}/start']?.['post']?.requestBody).toMatchObject({ required: false });
});

test('the document has error responses with the status and title of the error table', async () => {
  await using daemon = await startDaemon();
  const { paths } = (await Documented.of(daemon)).document;
  const conflict = paths['/api/services/{id}/start']?.['post']?.responses['409'];
  const codes: readonly ErrorCode[] = ['SERVICE_DISABLED', 'SERVICE_QUARANTINED'];
  expect(conflict).toMatchObject({
    description: codes.map((code) => `${code}: ${errorRow(code).title}`).join('; '),
    content: { 'application/json': { schema: { allOf: [{}, { properties: { code: { enum: codes } } }] } } },
  });
});

test('error responses match the document', async () => {
  await using daemon = await startDaemon();
  const api = await Documented.of(daemon);
  const id = await daemon.register('calc');
  const refused = [
    await api.ask('GET', '/api/services/{id}', { id: 'svc_none' }),
    await api.ask('GET', '/api/audit', { query: '?limit=0' }),
    await api.ask('POST', '/api/services/apply', { json: { manifest: {} } }),
    await api.ask('POST', '/api/services/{id}/introspect', { id }),
    await api.ask('GET', '/api/policies/{id}', { id: 'none' }),
    await api.ask('POST', '/api/approvals/{id}/deny', { id: 'none' }),
  ];
  expect(refused.map(({ status }) => status)).toEqual([404, 400, 400, 409, 404, 404]);
});
