import { expect, test } from '@jest/globals';
import { embeddedCaller, grantOf } from '@clarity-runtime/core';
import { askForWeather } from './in-one-process.ts';

test('a client and a server of the official SDK in one process are governed and audited', async () => {
  const { content, kinds } = await askForWeather('Oslo');
  expect(content).toEqual([{ type: 'text', text: 'Sun in Oslo' }]);
  expect(kinds).toContain('service.tool_called');
});

test('a caller without the grant is refused', async () => {
  const { isError, kinds } = await askForWeather('Oslo', { ...embeddedCaller, grants: [grantOf('read')] });
  expect(isError).toBe(true);
  expect(kinds).toContain('security.denied');
});
