import type { ApiRoute } from '@clarity-runtime/api-contract';
import { errorRow, type ErrorCode } from '@clarity-runtime/core';
import { statusOf } from '../http/error-map.ts';

/** Errors of all routes. */
const ALWAYS: readonly ErrorCode[] = [
  'REQUEST_INVALID',
  'TOKEN_REQUIRED',
  'TOKEN_INVALID',
  'TOKEN_DOOR',
  'LOOPBACK_REQUIRED',
  'HOST_FORBIDDEN',
  'ORIGIN_FORBIDDEN',
  'GRANT_REQUIRED',
  'INTERNAL',
];
/** Errors of routes with a body. */
const WITH_BODY: readonly ErrorCode[] = ['PAYLOAD_TOO_LARGE'];
/** Errors of routes that write. */
const OF_CHANGES: readonly ErrorCode[] = ['STORAGE_FULL', 'STORE_UNAVAILABLE'];

/** Responses that are components of the document, because many routes have the same codes. */
const SHARED = byStatus([...ALWAYS, ...WITH_BODY, ...OF_CHANGES, 'SERVICE_NOT_FOUND']);

/** Returns the error responses of a route by status, with the titles of the error table. */
export function errorResponses({ method, body, errors = [] }: ApiRoute): Readonly<Record<string, object>> {
  const codes: readonly ErrorCode[] = [
    ...ALWAYS,
    ...(body === undefined ? [] : WITH_BODY),
    ...(method === 'GET' ? [] : OF_CHANGES),
    ...errors,
  ];
  return Object.fromEntries(
    [...byStatus(codes)].map(([status, named]) => {
      const isShared = String(SHARED.get(status)) === String(named);
      return [status, isShared ? { $ref: `#/components/responses/${nameOf(status)}` } : responseOf(named)];
    }),
  );
}

/** Returns the responses for the components of the document. */
export const sharedErrorResponses = (): Readonly<Record<string, object>> =>
  Object.fromEntries([...SHARED].map(([status, named]) => [nameOf(status), responseOf(named)]));

function byStatus(codes: readonly ErrorCode[]): ReadonlyMap<number, readonly ErrorCode[]> {
  const found = new Map<number, ErrorCode[]>();
  for (const code of [...new Set(codes)].sort()) {
    const status = statusOf(code);
    found.set(status, [...(found.get(status) ?? []), code]);
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}

const nameOf = (status: number): string => `Refused${String(status)}`;

const responseOf = (named: readonly ErrorCode[]): object => ({
  description: named.map((code) => `${code}: ${errorRow(code).title}`).join('; '),
  content: {
    'application/json': {
      schema: { allOf: [{ $ref: '#/components/schemas/Refusal' }, { properties: { code: { enum: named } } }] },
    },
  },
});
