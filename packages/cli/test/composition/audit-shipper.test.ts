import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { StoreError, type AuditEvent } from '@clarity-runtime/core';
import { ManualClock } from '@clarity-runtime/core/memory';
import type { AuditStore, Telemetry } from '@clarity-runtime/core/ports';
import { fsTelemetry } from '@clarity-runtime/adapter-store-fs';
import { AuditShipper } from '../../src/composition/audit-shipper.ts';
import { AuditSpool } from '../../src/composition/audit-spool.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'clarity-shipper-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A store that can be away. */
class Away {
  isAway = false;
  readonly stored = new Map<string, AuditEvent>();

  append: AuditStore['append'] = (_, batch) => {
    if (this.isAway) return Promise.reject(new StoreError('unavailable', 'no database'));
    for (const event of batch) this.stored.set(event.id, event);
    return Promise.resolve({ acknowledged: batch.length });
  };
}

/** Lets the shipper work until the condition holds. */
async function until(clock: ManualClock, condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 4_000 && !condition(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    clock.advance(500);
  }
  expect(condition()).toBe(true);
}

const write = async (telemetry: Telemetry, from: number, count: number): Promise<void> => {
  for (let n = from; n < from + count; n += 1) {
    const message = `event ${String(n)} ${'x'.repeat(2_000)}`;
    await telemetry.append('default', [
      { at: '2026-01-01T00:00:00.000Z', kind: 'service.tool_called', level: 'info', message },
    ]);
  }
};

async function shipping(maxBytes: number) {
  const [clock, store] = [new ManualClock(), new Away()];
  // The journal keeps about 100 of these events.
  const telemetry = await fsTelemetry({ folder: join(root, 'journal'), maxEvents: 256 * 1024 });
  const spool = await AuditSpool.open({ folder: join(root, 'spool'), maxBytes });
  const lines: string[] = [];
  const log = (line: string): unknown => lines.push(line);
  const shipper = new AuditShipper({ telemetry, auditStore: store as unknown as AuditStore, spool, clock, log });
  return { clock, store, telemetry, spool, shipper, lines };
}

test('T-584 an outage longer than the journal loses no event', async () => {
  const { clock, store, telemetry, spool, shipper } = await shipping(64 * 1024 * 1024);
  await write(telemetry, 1, 10);
  await until(clock, () => store.stored.size === 10);
  store.isAway = true;
  for (let from = 11; from < 511; from += 50) {
    await write(telemetry, from, 50);
    await until(clock, () => shipper.load.failures > 0 && spool.bytes > (from + 20) * 2_000);
  }
  store.isAway = false;
  await until(clock, () => store.stored.size === 510);
  await until(clock, () => spool.isEmpty);
  expect(shipper.load).toMatchObject({ sink: 'store', lag: 0, missed: 0, exported: 510 });
  await shipper[Symbol.asyncDispose]();
  await telemetry[Symbol.asyncDispose]();
});

test('a full spool is reported, and the events that the journal drops are counted', async () => {
  const { clock, store, telemetry, shipper, lines } = await shipping(40_000);
  store.isAway = true;
  for (let from = 1; from < 401; from += 50) {
    await write(telemetry, from, 50);
    const { failures } = shipper.load;
    await until(clock, () => shipper.load.failures > failures + 1);
  }
  expect(lines.filter((line) => line.includes('spool of audit events is full'))).toHaveLength(1);
  store.isAway = false;
  await until(clock, () => shipper.load.lag === 0 && store.stored.size > 0);
  expect(shipper.load.missed).toBeGreaterThan(0);
  expect(store.stored.size + shipper.load.missed).toBe(400);
  await shipper[Symbol.asyncDispose]();
  await telemetry[Symbol.asyncDispose]();
});
