import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { RawJson, type McpNotification } from '@clarity-runtime/core';
import { ResponseWriter } from '../../src/mcp/response-sink.ts';
import { encodeNotification, encodeReply } from '@clarity-runtime/core/protocol';

const said: McpNotification = {
  method: 'notifications/message',
  params: new Map([['level', RawJson.of('info')]]),
};
const notice = encodeNotification(said);
const reply = encodeReply('1', { result: RawJson.fromText('{"a":\n1}') });
const everything = { json: true, stream: true };

/** Returns the body that a client reads, and the errors of the response. */
async function written(write: (writer: ResponseWriter) => void): Promise<{ text: string; errors: readonly unknown[] }> {
  const errors: unknown[] = [];
  const server = createServer((_req, res) => {
    res.on('error', (error) => errors.push(error));
    write(new ResponseWriter(res, everything));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const answer = await fetch(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`);
  const text = await answer.text();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return { text, errors };
}

const NOTICE = 'event: message\ndata: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info"}}\n\n';
const REPLY = 'event: message\ndata: {"jsonrpc":"2.0","id":1,"result":{"a": 1}}\n\n';

test('ResponseWriter drops notifications after a JSON response', async () => {
  const { text, errors } = await written((writer) => {
    writer.end(200, reply);
    writer.notify(notice);
  });
  expect(text).toBe('{"jsonrpc":"2.0","id":1,"result":{"a":\n1}}');
  expect(errors).toEqual([]);
});

test('ResponseWriter drops notifications after the last event of a stream', async () => {
  const { text, errors } = await written((writer) => {
    writer.notify(notice);
    writer.end(200, reply);
    writer.notify(notice);
  });
  expect(text).toBe(NOTICE + REPLY);
  expect(errors).toEqual([]);
});

test('ResponseWriter ends a stream without a reply', async () => {
  const { text, errors } = await written((writer) => {
    writer.notify(notice);
    writer.end(202, undefined);
  });
  expect(text).toBe(NOTICE);
  expect(errors).toEqual([]);
});
