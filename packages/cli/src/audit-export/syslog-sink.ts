import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIPv6, type Socket } from 'node:net';
import { hostname } from 'node:os';
import type { AuditEvent } from '@clarity-runtime/core';
import type { AuditSink } from './audit-sink.ts';

/** Facility 13, log audit (RFC 5424 §6.2.1). */
const FACILITY = 13;
const SEVERITIES = { error: 3, warn: 4, info: 6 } as const;
/** A datagram that IPv4 and IPv6 carry. */
const MAX_DATAGRAM_BYTES = 60_000;

/** Returns one message of RFC 5424 with the event as JSON. Its fields contain printable ASCII only. */
export function syslogMessage(event: AuditEvent, host: string = hostname()): string {
  const priority = FACILITY * 8 + SEVERITIES[event.level];
  const time = Number.isNaN(Date.parse(event.at)) ? '-' : new Date(event.at).toISOString();
  const header = [time, field(host, 255), 'clarityd', String(process.pid), field(event.kind, 32), '-'];
  // RFC 5424 §6.4: a message in UTF-8 begins with a byte order mark.
  return `<${String(priority)}>1 ${header.join(' ')} \ufeff${JSON.stringify(event)}`;
}

const field = (text: string, max: number): string => text.replace(/[^\x21-\x7e]/g, '_').slice(0, max) || '-';

/**
 * Sends events to a syslog server: `udp://host:514`, `tcp://host:601` or `unix:/path` (a stream). TCP and Unix streams use octet
 * counting (RFC 6587 §3.4.1). A datagram has no confirmation, so events can be lost on the network.
 */
export class SyslogSink implements AuditSink {
  readonly name = 'syslog';
  readonly #target: URL;
  #socket: Socket | undefined;

  constructor(target: URL) {
    this.#target = target;
  }

  async write(events: readonly AuditEvent[], signal: AbortSignal): Promise<void> {
    const messages = events.map((event) => Buffer.from(syslogMessage(event)));
    if (this.#target.protocol === 'udp:') await this.#sendDatagrams(messages);
    else await this.#sendStream(messages, signal);
  }

  reopen(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  close(): Promise<void> {
    this.#socket?.end();
    this.#socket = undefined;
    return Promise.resolve();
  }

  async #sendDatagrams(messages: readonly Buffer[]): Promise<void> {
    const { host, port } = this.#address(514);
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    try {
      for (const message of messages) {
        const bytes = message.subarray(0, MAX_DATAGRAM_BYTES);
        await new Promise<void>((resolve, reject) => {
          socket.once('error', reject);
          socket.send(bytes, port, host, (error) => {
            if (error === null) resolve();
            else reject(error);
          });
        });
      }
    } finally {
      socket.close();
    }
  }

  async #sendStream(messages: readonly Buffer[], signal: AbortSignal): Promise<void> {
    const socket = await this.#connect(signal);
    const frames = messages.flatMap((message) => [Buffer.from(`${String(message.length)} `), message]);
    try {
      await new Promise<void>((resolve, reject) => {
        const fail = (): void => {
          reject(new Error('the syslog server closed the connection'));
        };
        socket.once('close', fail);
        signal.addEventListener('abort', fail, { once: true });
        socket.write(Buffer.concat(frames), (error) => {
          socket.off('close', fail);
          signal.removeEventListener('abort', fail);
          if (error === undefined || error === null) resolve();
          else reject(error);
        });
      });
    } catch (error) {
      this.reopen();
      throw error;
    }
  }

  async #connect(signal: AbortSignal): Promise<Socket> {
    if (this.#socket?.writable === true) return this.#socket;
    const isUnix = this.#target.protocol === 'unix:';
    const socket = connect(isUnix ? { path: decodeURIComponent(this.#target.pathname) } : this.#address(601));
    socket.on('error', () => undefined);
    // A server does not send data; a read detects that it has closed the connection.
    socket.resume();
    socket.once('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
    try {
      await once(socket, 'connect', { signal });
    } catch (error) {
      socket.destroy();
      throw error;
    }
    socket.unref();
    this.#socket = socket;
    return socket;
  }

  #address(standardPort: number): { readonly host: string; readonly port: number } {
    const { hostname: host, port } = this.#target;
    return { host: host.replace(/^\[|\]$/g, ''), port: port === '' ? standardPort : Number(port) };
  }
}
