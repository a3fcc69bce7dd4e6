import { expect, test } from '@jest/globals';
import {
  ERROR_CODES,
  GRANTS,
  REFUSAL_LIMITS,
  routes,
  STATE_WORDS,
  type Immutable,
} from '@clarity-runtime/api-contract';
import { ERROR_TABLE, type ServiceStatus, type ServiceView } from '@clarity-runtime/core';
import { type VERBS, LIMIT_NAMES, STATUS_WORDS } from '@clarity-runtime/core/internal';
import { expectTypeOf } from 'expect-type';
import type { z } from 'zod';
import { apiRoutes, type ApiDependencies } from '../../src/api/api-routes.ts';
import type { ReplyBody } from '../../src/http/route.ts';
import { startDaemon } from '../support/daemon.ts';

type Summary = ReplyBody<typeof routes.listServices>['items'][number];

test('the contract has the error codes of the error table', () => {
  expect(ERROR_CODES).toEqual(Object.keys(ERROR_TABLE).sort());
});

test('the contract has the limit names of the runtime', () => {
  expect(REFUSAL_LIMITS).toEqual(LIMIT_NAMES);
});

test('the contract has the words of the state of a service', () => {
  expect(STATE_WORDS).toEqual(STATUS_WORDS);
});

test('the contract has the grants, states and health values of the runtime', () => {
  expectTypeOf<(typeof GRANTS)[number]>().toEqualTypeOf<(typeof VERBS)[number]>();
  expectTypeOf<Summary['lifecycle']>().toEqualTypeOf<ServiceStatus['lifecycle']>();
  expectTypeOf<Summary['health']>().toEqualTypeOf<ServiceStatus['health']>();
  type Circuit = NonNullable<ServiceView['calls']['circuit']>;
  expectTypeOf<NonNullable<Summary['calls']['circuit']>['state']>().toEqualTypeOf<Circuit['state']>();
});

test('the types of replies are read-only', () => {
  type Lines = z.input<typeof routes.getServiceLogs.reply>;
  expectTypeOf<Immutable<Lines>['lines']>().toEqualTypeOf<readonly string[]>();
});

test('the router has the routes of the contract in their order, without those of the session, which need no caller', async () => {
  await using daemon = await startDaemon();
  const served = apiRoutes({ runtime: daemon.runtime } as ApiDependencies);
  const rows = Object.values(routes).filter(({ path }) => path !== routes.openSession.path);
  expect(served.map(({ method, path }) => `${method} ${path}`)).toEqual(
    rows.map(({ method, path }) => `${method} ${path}`),
  );
});
