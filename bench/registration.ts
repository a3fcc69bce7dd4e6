import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFsStore } from '@clarity-runtime/adapter-store-fs';
import { createRuntime, embeddedCaller } from '@clarity-runtime/core';
import type { ServiceConnector } from '@clarity-runtime/core/ports';
import { sampleRecord, sampleWrite } from '@clarity-runtime/core/testing';
import { shown, spreadOf } from './harness/statistics.ts';

const SERVICES = [10, 1_000, 10_000];
const APPLIES = 40;

/** A connector without upstream: the services of this benchmark stay stopped. */
const stopped = (type: 'local_wasm'): ServiceConnector => ({
  origin: type,
  admit: () => Promise.resolve(undefined),
  connect: () => Promise.reject(new Error('this benchmark starts no service')),
});

/** Measures the time of `apply` in a workspace with 10, 1,000 and 10,000 services, relative to 10. */
export async function benchRegistration(rounds: number): Promise<void> {
  process.stdout.write(`\nregistration: median (min to max) of ${String(rounds * APPLIES)} changes\n`);
  let base: number | undefined;
  for (const services of SERVICES) {
    const root = await mkdtemp(join(tmpdir(), 'clarity-bench-'));
    const ms = await applyTimes(root, services, rounds * APPLIES);
    await rm(root, { recursive: true });
    const spread = spreadOf(ms);
    base ??= spread.median;
    process.stdout.write(
      `  ${String(services)} services: ${shown(spread)} ms, ${(spread.median / base).toFixed(2)} × 10 services\n`,
    );
  }
}

async function applyTimes(root: string, services: number, count: number): Promise<readonly number[]> {
  await using store = await openFsStore({ root });
  const ids = Array.from({ length: services }, (_, i) => `svc_${i.toString(16).padStart(12, '0')}`);
  const records = ids.map((serviceId, i) => ({ ...sampleRecord(`service${String(i)}`), serviceId }));
  for (let from = 0; from < services; from += 500) {
    const some = records.slice(from, from + 500);
    await Promise.all(some.map((record) => store.registry.put('default', record, 'absent', sampleWrite())));
  }
  const runtime = await createRuntime({
    registry: store.registry,
    policies: store.policies,
    telemetry: store.telemetry,
    connectors: [stopped('local_wasm')],
  });
  const { manifest } = sampleRecord('measured');
  const times: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const changed = { ...manifest, metadata: { ...manifest.metadata, displayName: `change ${String(i)}` } };
    const from = performance.now();
    await runtime.services.apply(embeddedCaller, changed);
    times.push(performance.now() - from);
  }
  await runtime.close();
  return times;
}
