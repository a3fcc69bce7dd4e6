import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { OtlpSink } from '../../src/audit-export/otlp-sink.ts';
import { eventOf } from './exporting.ts';

const signal = new AbortController().signal;

test('OtlpSink posts log records and rejects when the collector does not accept all of them', async () => {
  const requests: { readonly path: string | undefined; readonly login: string | undefined; readonly body: string }[] =
    [];
  const replies = [
    { status: 200, body: '{}' },
    { status: 503, body: '' },
    { status: 200, body: '{"partialSuccess":{"rejectedLogRecords":"1"}}' },
  ];
  const server = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    req.on('end', () => {
      requests.push({ path: req.url, login: req.headers.authorization, body });
      const reply = replies.shift() ?? { status: 500, body: '' };
      res.writeHead(reply.status).end(reply.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sink = new OtlpSink(new URL(`http://me:p%40ss@127.0.0.1:${String(port)}/v1/logs`), '1.0.0');
  await sink.write([eventOf('one', { serviceId: 'svc', data: { a: 1 } })], signal);
  expect(requests[0]).toMatchObject({ path: '/v1/logs', login: `Basic ${Buffer.from('me:p@ss').toString('base64')}` });
  const [record] =
    (JSON.parse(requests[0]?.body ?? '') as { resourceLogs: { scopeLogs: { logRecords: object[] }[] }[] })
      .resourceLogs[0]?.scopeLogs[0]?.logRecords ?? [];
  expect(record).toMatchObject({
    timeUnixNano: '1767323045678000000',
    severityNumber: 13,
    eventName: 'security.warned',
    body: { stringValue: 'one' },
    attributes: expect.arrayContaining([
      { key: 'clarity.service', value: { stringValue: 'svc' } },
      { key: 'clarity.data', value: { stringValue: '{"a":1}' } },
      { key: 'clarity.seq', value: { intValue: '1' } },
    ]),
  });
  await expect(sink.write([eventOf('two')], signal)).rejects.toThrow('503');
  await expect(sink.write([eventOf('three')], signal)).rejects.toThrow('rejected 1 records');
  server.close();
});
