import { expect, test } from '@jest/globals';
import { systemClock, type AuditEvent } from '@clarity-runtime/core';
import { ManualClock } from '@clarity-runtime/core/memory';
import { AuditExporter } from '../../src/audit-export/audit-exporter.ts';
import type { AuditSink } from '../../src/audit-export/audit-sink.ts';
import { note, openRuntime, until } from './exporting.ts';

class MemorySink implements AuditSink {
  readonly name = 'file';
  readonly received: AuditEvent[] = [];
  failures = 0;
  write(events: readonly AuditEvent[]): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      return Promise.reject(new Error('not now'));
    }
    this.received.push(...events);
    return Promise.resolve();
  }
  reopen(): void {
    // Nothing to open.
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
  get messages(): readonly string[] {
    return this.received.filter(({ kind }) => kind === 'security.warned').map(({ message }) => message);
  }
}

test('T-341 R51a AuditExporter sends events as they happen, repeats failed batches and reports the lag', async () => {
  await using runtime = await openRuntime();
  await note(runtime, 'before');
  const sink = new MemorySink();
  sink.failures = 1;
  const clock = new ManualClock();
  const lines: string[] = [];
  const exporter = new AuditExporter({ runtime, sink, clock, log: (line) => lines.push(line) });
  await until(() => lines.length === 1);
  await note(runtime, 'while it fails');
  expect(exporter.load).toMatchObject({ sink: 'file', failures: 1, exported: 0 });
  expect(exporter.load.lag).toBeGreaterThan(1);
  clock.advance(500);
  await until(() => sink.messages.length === 2);
  await note(runtime, 'later');
  await until(() => sink.messages.length === 3);
  expect(sink.messages).toEqual(['before', 'while it fails', 'later']);
  await until(() => exporter.load.lag === 0);
  await exporter.close(1_000);
});

test('AuditExporter continues after its cursor, and sends the rest when it closes', async () => {
  await using runtime = await openRuntime();
  await note(runtime, 'one', 'two');
  const [first, second] = [new MemorySink(), new MemorySink()];
  let after: string | undefined;
  const onCursor = (cursor: string): Promise<void> => {
    after = cursor;
    return Promise.resolve();
  };
  const options = { runtime, clock: systemClock, log: () => undefined, onCursor };
  await new AuditExporter({ ...options, sink: first }).close(1_000);
  expect(first.messages).toEqual(['one', 'two']);
  await note(runtime, 'three');
  await new AuditExporter({ ...options, sink: second, after }).close(1_000);
  expect(second.messages).toEqual(['three']);
});
