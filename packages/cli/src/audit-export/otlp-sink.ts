import type { AuditEvent } from '@clarity-runtime/core';
import type { AuditSink } from './audit-sink.ts';

/** Severity numbers of the OpenTelemetry log data model. */
const SEVERITIES = { info: 9, warn: 13, error: 17 } as const;
const MAX_REPLY_BYTES = 64 * 1024;

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string } | { readonly intValue: string };
}

/** Returns the body of an export request (OTLP/HTTP with JSON, `ExportLogsServiceRequest`). */
export function otlpBody(events: readonly AuditEvent[], version: string): string {
  const resource = { attributes: [text('service.name', 'clarityd'), text('service.version', version)] };
  const scopeLogs = [{ scope: { name: 'clarity.audit', version }, logRecords: events.map(logRecord) }];
  return JSON.stringify({ resourceLogs: [{ resource, scopeLogs }] });
}

function logRecord(event: AuditEvent): object {
  const { at, level, message, kind, seq, id, serviceId, caller, op, data } = event;
  const ms = Date.parse(at);
  return {
    timeUnixNano: Number.isNaN(ms) ? '0' : `${String(ms)}000000`,
    severityNumber: SEVERITIES[level],
    severityText: level.toUpperCase(),
    eventName: kind,
    body: { stringValue: message },
    attributes: [
      text('event.name', kind),
      { key: 'clarity.seq', value: { intValue: String(seq) } },
      text('log.record.uid', id),
      ...optional('clarity.service', serviceId),
      ...optional('clarity.caller.kind', caller?.kind),
      ...optional('clarity.caller.id', caller?.id),
      ...optional('clarity.caller.door', caller?.door),
      ...optional('clarity.operation', op),
      ...optional('clarity.data', data === undefined ? undefined : JSON.stringify(data)),
    ] satisfies Attribute[],
  };
}

const text = (key: string, stringValue: string): Attribute => ({ key, value: { stringValue } });

const optional = (key: string, value: string | undefined): readonly Attribute[] =>
  value === undefined ? [] : [text(key, value)];

/** Sends events to an OpenTelemetry collector by POST to the URL of its logs, for example `http://host:4318/v1/logs`. */
export class OtlpSink implements AuditSink {
  readonly name = 'otlp';
  readonly #target: URL;
  readonly #version: string;

  constructor(target: URL, version: string) {
    this.#target = target;
    this.#version = version;
  }

  async write(events: readonly AuditEvent[], signal: AbortSignal): Promise<void> {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    const target = new URL(this.#target);
    if (target.username !== '') {
      const user = `${decodeURIComponent(target.username)}:${decodeURIComponent(target.password)}`;
      headers['authorization'] = `Basic ${Buffer.from(user).toString('base64')}`;
      [target.username, target.password] = ['', ''];
    }
    const body = otlpBody(events, this.#version);
    const response = await fetch(target, { method: 'POST', headers, body, signal, redirect: 'error' });
    const rejected = await rejectedCount(response);
    if (!response.ok) throw new Error(`the collector answered ${String(response.status)}`);
    if (rejected > 0) throw new Error(`the collector rejected ${String(rejected)} records`);
  }

  reopen(): void {
    // Each request has its own connection.
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Returns the number of rejected records of a partial success; 0 for another body. Reads at most 64 KiB. */
async function rejectedCount(response: Response): Promise<number> {
  let received = '';
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  for (let chunk = await reader?.read(); chunk?.done === false; chunk = await reader?.read()) {
    received += decoder.decode(chunk.value, { stream: true });
    if (received.length <= MAX_REPLY_BYTES) continue;
    await reader?.cancel();
    return 0;
  }
  try {
    const reply = JSON.parse(received) as { partialSuccess?: { rejectedLogRecords?: unknown } };
    return Number(reply.partialSuccess?.rejectedLogRecords ?? 0);
  } catch {
    return 0;
  }
}
