import { z } from 'zod';
import { ERROR_TABLE, errorRow, type ErrorCode } from '@clarity-runtime/core';
import { named } from '../api/replies/named.ts';
import { statusOf } from '../http/error-map.ts';
import type { Route } from '../http/route.ts';

const codes = Object.keys(ERROR_TABLE).sort() as ErrorCode[];

/** Every answer that refuses. */
export const refusalShape = named(
  'Refusal',
  z.object({
    error: z.string().meta({ description: 'What happened, and to what.' }),
    code: z.enum(codes).meta({ description: 'docs/reference/errors.md lists them.' }),
    field: z.string().optional().meta({ description: 'What to correct.' }),
    hint: z.string().meta({ description: 'The mend.' }),
  }),
);

const ALWAYS: readonly ErrorCode[] = [
  'REQUEST_INVALID',
  'TOKEN_REQUIRED',
  'LOOPBACK_REQUIRED',
  'HOST_FORBIDDEN',
  'ORIGIN_FORBIDDEN',
  'GRANT_REQUIRED',
  'INTERNAL',
];
const WITH_BODY: readonly ErrorCode[] = ['PAYLOAD_TOO_LARGE'];
const OF_CHANGES: readonly ErrorCode[] = ['STORAGE_FULL', 'STORE_UNAVAILABLE'];

/** Refusals that many routes share, by status. */
const SHARED = byStatus([...ALWAYS, ...WITH_BODY, ...OF_CHANGES, 'SERVICE_NOT_FOUND']);

/** What a route can refuse with, by status, each as the error table has it. */
export function refusalsOf({ method, body, refusals = [] }: Route): Readonly<Record<string, object>> {
  const codes = [
    ...ALWAYS,
    ...(body === undefined ? [] : WITH_BODY),
    ...(method === 'GET' ? [] : OF_CHANGES),
    ...refusals,
  ];
  return Object.fromEntries(
    [...byStatus(codes)].map(([status, named]) => {
      const isShared = String(SHARED.get(status)) === String(named);
      return [status, isShared ? { $ref: `#/components/responses/${nameOf(status)}` } : responseOf(named)];
    }),
  );
}

/** For the components of the document. */
export const sharedRefusals = (): Readonly<Record<string, object>> =>
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
