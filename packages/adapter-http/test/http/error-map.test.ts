import { expect, test } from '@jest/globals';
import { ClarityError, StoreError, type ErrorCode, type StoreErrorKind } from '@clarity-runtime/core';
import { requestErrorOf } from '../../src/http/error-map.ts';

const quiet = (): void => undefined;

test.each<[ErrorCode, number]>([
  ['MANIFEST_INVALID', 400],
  ['TOKEN_REQUIRED', 401],
  ['GRANT_REQUIRED', 403],
  ['SERVICE_NOT_FOUND', 404],
  ['NAMESPACE_TAKEN', 409],
  ['PAYLOAD_TOO_LARGE', 413],
  ['WASM_BUSY', 429],
  ['SERVICE_START_FAILED', 502],
  ['STORE_UNAVAILABLE', 503],
  ['WASM_DEADLINE', 504],
  ['STORAGE_FULL', 507],
])('%s is answered with %i and a hint', (code, status) => {
  const refusal = requestErrorOf(new ClarityError(code, 'calc', { field: 'spec' }), quiet);
  expect(refusal).toMatchObject({ status, failure: { code, field: 'spec', hint: expect.any(String) } });
});

test.each<[StoreErrorKind, number, ErrorCode]>([
  ['conflict', 409, 'REVISION_CONFLICT'],
  ['unavailable', 503, 'STORE_UNAVAILABLE'],
  ['indeterminate', 503, 'STORE_UNAVAILABLE'],
  ['fenced', 503, 'STORE_UNAVAILABLE'],
  ['closed', 503, 'STORE_UNAVAILABLE'],
  ['exhausted', 507, 'STORAGE_FULL'],
  ['too_large', 413, 'PAYLOAD_TOO_LARGE'],
  ['corrupt', 500, 'STORE_CORRUPT'],
  ['aborted', 504, 'CALL_CANCELLED'],
  ['invalid', 500, 'INTERNAL'],
  ['forbidden', 503, 'STORE_UNAVAILABLE'],
])('a store error of kind %s is answered with %i and %s without the message of the store', (kind, status, code) => {
  const refusal = requestErrorOf(new StoreError(kind, '/home/alice/registry.json'), quiet);
  expect(refusal).toMatchObject({ status, failure: { code } });
  expect(JSON.stringify(refusal.failure)).not.toContain('alice');
});

test('a temporary failure is answered with Retry-After', () => {
  const headers = (error: unknown) => requestErrorOf(error, quiet).headers;
  expect(headers(new StoreError('unavailable', 'down'))).toEqual({ 'retry-after': '1' });
  expect(headers(new ClarityError('WASM_BUSY', 'calc'))).toEqual({ 'retry-after': '1' });
  expect(headers(new ClarityError('STORAGE_FULL', 'calc'))).toEqual({});
});

test('an indeterminate write is answered with a hint to read the record again', () => {
  expect(requestErrorOf(new StoreError('indeterminate', 'timeout'), quiet).failure.hint).toContain('read it again');
});

test.each([new TypeError('at /src/x.ts'), 'a string', undefined, null, new ClarityError('INTERNAL', 'at /src/x.ts')])(
  '%p becomes an opaque id, and the log has both',
  (thrown) => {
    const log: string[] = [];
    const { status, failure } = requestErrorOf(thrown, (line) => log.push(line));
    expect(status).toBe(500);
    expect(failure.message).toMatch(/^internal error: [0-9a-f]{12}$/);
    expect(log).toEqual([expect.stringContaining(failure.message.slice(-12))]);
    if (typeof thrown === 'object' && thrown !== null) expect(log[0]).toContain('at /src/x.ts');
  },
);

test('a corrupt store is also reported to the daemon', () => {
  const log: string[] = [];
  requestErrorOf(new StoreError('corrupt', 'line 3'), (line) => log.push(line));
  expect(log).toEqual([expect.stringContaining('line 3')]);
});
