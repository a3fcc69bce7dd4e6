import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
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
async function written(
  write: (writer: ResponseWriter, res: ServerResponse) => void,
): Promise<{ text: string; errors: readonly unknown[] }> {
  const errors: unknown[] = [];
  const server = createServer((_req, res) => {
    res.on('error', (error) => errors.push(error));
    write(new ResponseWriter(res, everything), res);
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

test.each(['1', '"é"', '"\\ud83d\\ude00"'])(
  'a small reply with the id %s leaves in one write with its head',
  async (id) => {
    const writes: string[] = [];
    const { text, errors } = await written((writer, res) => {
      const { socket } = res;
      if (socket === null) throw new Error('no socket');
      const write = socket.write.bind(socket);
      socket.write = ((chunk: string, encoding: BufferEncoding, done?: () => void) => {
        writes.push(`${encoding} ${chunk.slice(0, 15)} ${String(chunk.endsWith('}'))}`);
        return write(chunk, encoding, done);
      }) as typeof write;
      writer.end(200, encodeReply(id, { result: RawJson.fromText('{"text":"ä€😀"}') }));
    });
    expect(text).toBe(`{"jsonrpc":"2.0","id":${id},"result":{"text":"ä€😀"}}`);
    expect(writes).toEqual(['latin1 HTTP/1.1 200 OK true']);
    expect(errors).toEqual([]);
  },
);

test('a reply behind another one on its connection waits for its turn', async () => {
  const answers: (() => void)[] = [];
  const server = createServer((_req, res) => {
    const at = answers.length;
    answers.push(() => {
      new ResponseWriter(res, everything).end(200, encodeReply(String(at), { result: RawJson.fromText('{}') }));
    });
    if (at === 1) for (const answer of answers.splice(0).reverse()) answer();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const request = 'GET / HTTP/1.1\r\nHost: x\r\n';
  socket.end(`${request}\r\n${request}Connection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  expect([...text.matchAll(/"id":(\d)/g)].map(([, id]) => id)).toEqual(['0', '1']);
  await new Promise((resolve) => server.close(resolve));
});

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
