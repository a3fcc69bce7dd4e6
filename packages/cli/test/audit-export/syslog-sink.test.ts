import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { SyslogSink, syslogMessage } from '../../src/audit-export/syslog-sink.ts';
import { eventOf, until } from './exporting.ts';

const signal = new AbortController().signal;

/** A server that collects what it receives. */
async function server(path?: string) {
  let text = '';
  const sockets: Socket[] = [];
  const listening = createServer((socket) => {
    sockets.push(socket);
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  });
  listening.listen(path ?? { port: 0, host: '127.0.0.1' });
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  return { port, listening, sockets, received: () => text };
}

test('syslogMessage has the header of RFC 5424 and the event as JSON, on one line', () => {
  const event = eventOf('two\nlines', { level: 'error', kind: 'k.\u00fc and more than thirty-two characters' });
  const message = syslogMessage(event, 'my host');
  const start = `<107>1 2026-01-02T03:04:05.678Z my_host clarityd ${String(process.pid)} k.__and_more_than_thirty-two_cha - \ufeff`;
  expect(message.startsWith(start)).toBe(true);
  expect(JSON.parse(message.slice(start.length))).toEqual(event);
  expect(message).not.toContain('\n');
});

test.each(['tcp', 'unix'])('SyslogSink sends frames with octet counts over %s and connects again', async (kind) => {
  const path = join(await mkdtemp(join(tmpdir(), 'clarity-syslog-')), 'log.sock');
  const { port, listening, sockets, received } = await server(kind === 'unix' ? path : undefined);
  const sink = new SyslogSink(new URL(kind === 'unix' ? `unix:${path}` : `tcp://127.0.0.1:${String(port)}`));
  await sink.write([eventOf('one'), eventOf('t\u00fco')], signal);
  await until(() => received().includes('t\u00fco'));
  const [, length = ''] = /^(\d+) </.exec(received()) ?? [];
  const first = Buffer.from(received()).subarray(length.length + 1, length.length + 1 + Number(length));
  expect(first.toString()).toContain('"message":"one"');
  for (const socket of sockets.splice(0)) socket.destroy();
  // A write that meets the closed connection fails or is lost. The next one connects again.
  while (!received().includes('three')) {
    await sink.write([eventOf('three')], signal).catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await sink.close();
  for (const socket of sockets) socket.destroy();
  listening.close();
  sink.reopen();
  await expect(sink.write([eventOf('four')], signal)).rejects.toThrow();
});

test('SyslogSink sends one datagram per event over UDP', async () => {
  const socket = createSocket('udp4');
  const received: string[] = [];
  socket.on('message', (bytes) => received.push(bytes.toString()));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const sink = new SyslogSink(new URL(`udp://127.0.0.1:${String(socket.address().port)}`));
  await sink.write([eventOf('one'), eventOf('two')], signal);
  await until(() => received.length === 2);
  expect(received[0]).toMatch(/^<108>1 2026-01-02T03:04:05\.678Z \S+ clarityd \d+ security\.warned - \ufeff\{/);
  socket.close();
});
