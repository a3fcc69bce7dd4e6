import { expect, test } from '@jest/globals';
import { routes } from '@clarity-runtime/api-contract';
import { isSessionTarget, SESSION_PATH } from '../../src/guard/request-target.ts';

test('the session of the page is the path of the contract, alone or with a query', () => {
  expect([routes.openSession.path, routes.endSession.path]).toEqual([SESSION_PATH, SESSION_PATH]);
  for (const target of ['', '?a=1'].map((end) => SESSION_PATH + end)) expect(isSessionTarget(target)).toBe(true);
  for (const target of ['/', '/api', '/api/sessions', '/api/session/', '/api/session/x', '/mcp', '//api/session']) {
    expect([target, isSessionTarget(target)]).toEqual([target, false]);
  }
});
