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

/** Applies before the first measured one: the first changes compile code and create files. */
const WARM_UP = 10;

interface Workspace extends AsyncDisposable {
  readonly services: number;
  /** Changes one service. */
  apply(): Promise<void>;
}

interface Times {
  readonly cpu: number[];
  readonly wall: number[];
}

/**
 * Measures `apply` in workspaces with 10, 1,000 and 10,000 services, relative to 10: CPU time of the process, and wall time,
 * which includes the disk. The workspaces take turns, so that other work on the machine reaches all of them.
 */
export async function benchRegistration(rounds: number): Promise<void> {
  const count = rounds * APPLIES;
  process.stdout.write(`\nregistration: median (min to max) of ${String(count)} changes\n`);
  const spaces: Workspace[] = [];
  for (const services of SERVICES) spaces.push(await openWorkspace(services));
  const times = new Map(spaces.map((space): [Workspace, Times] => [space, { cpu: [], wall: [] }]));
  for (let i = -WARM_UP; i < count; i += 1) {
    for (let turn = 0; turn < spaces.length; turn += 1) {
      const space = spaces[(turn + i + WARM_UP) % spaces.length];
      if (space === undefined) continue;
      const [from, before] = [performance.now(), process.cpuUsage()];
      await space.apply();
      const { user, system } = process.cpuUsage(before);
      if (i < 0) continue;
      times.get(space)?.wall.push(performance.now() - from);
      times.get(space)?.cpu.push((user + system) / 1_000);
    }
  }
  const base = spaces[0] === undefined ? undefined : times.get(spaces[0]);
  for (const [{ services }, { cpu, wall }] of times) {
    const ratio = (ms: readonly number[], floor: readonly number[] = []): string =>
      `${shown(spreadOf(ms))} ms, ${(spreadOf(ms).median / spreadOf(floor).median).toFixed(2)} × 10 services`;
    process.stdout.write(
      `  ${String(services)} services: CPU ${ratio(cpu, base?.cpu)}; wall ${ratio(wall, base?.wall)}\n`,
    );
  }
  for (const space of spaces) await space[Symbol.asyncDispose]();
}

async function openWorkspace(services: number): Promise<Workspace> {
  const root = await mkdtemp(join(tmpdir(), 'clarity-bench-'));
  const store = await openFsStore({ root });
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
  let change = 0;
  return {
    services,
    apply: async () => {
      change += 1;
      const changed = { ...manifest, metadata: { ...manifest.metadata, displayName: `change ${String(change)}` } };
      await runtime.services.apply(embeddedCaller, changed);
    },
    [Symbol.asyncDispose]: async () => {
      await runtime.close();
      await store[Symbol.asyncDispose]();
      await rm(root, { recursive: true });
    },
  };
}
