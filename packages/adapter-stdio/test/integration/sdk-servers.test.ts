import { expect, test } from '@jest/globals';
import type { McpNotification } from '@clarity-runtime/core';
import { childProgram } from '../../../../test/support/child-program.ts';
import { processService, testConnector } from '../support/process-service.ts';
import { callTool, connect, listener, until, valueOf } from '../support/talk.ts';

const file = new URL('../support/sdk-server.ts', import.meta.url).pathname;

test.each([
  ['first', 'legacy'],
  ['second', 'modern'],
])('a server of the %s SDK is detected as %s, serves calls and reports list changes', async (sdk, era) => {
  const heard = listener();
  const service = processService({ args: [childProgram(file), sdk] });
  const connection = await connect(testConnector(), service, heard);
  expect(connection).toMatchObject({ era, info: { name: 'sdk' }, capabilities: { tools: { listChanged: true } } });
  expect(valueOf(await callTool(connection, 'echo', { args: { text: 'näh' } }))).toMatchObject({
    content: [{ text: 'näh' }],
  });
  const notices: McpNotification[] = [];
  const onNotification = (notice: McpNotification): void => {
    notices.push(notice);
  };
  await callTool(connection, 'steps', { meta: { progressToken: 'abc' }, onNotification });
  expect(notices.map(({ params }) => [params.get('progressToken')?.value, params.get('progress')?.value])).toEqual([
    ['abc', 1],
    ['abc', 2],
    ['abc', 3],
  ]);
  await callTool(connection, 'change');
  await until(() => heard.changes.length > 0);
  expect(heard.changes).toEqual(['tools']);
  await connection.close('done');
  expect(heard.losses).toEqual([]);
});
