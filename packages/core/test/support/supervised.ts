import { createRuntime, type Lifecycle, type Manifest, type Runtime, type RuntimeOptions } from '@clarity-runtime/core';
import { ManualClock, MemoryServiceRegistry, MemoryTelemetry } from '@clarity-runtime/core/memory';
import type { Clock, Entropy, ServiceRegistry, Telemetry } from '@clarity-runtime/core/ports';
import { FakeConnector, manifestOf } from './fake-connector.ts';
import { operator } from './speak.ts';

export type Policy = Manifest['spec']['restartPolicy'];

/** Ids that differ, and a chance that is always zero: each wait is the shortest that it may be. */
export function plainEntropy(): Entropy {
  let made = 0;
  return {
    bytes: (length) => {
      const bytes = new Uint8Array(length);
      if (length > 4) new DataView(bytes.buffer).setUint32(0, (made += 1));
      return bytes;
    },
  };
}

/** Lets everything run that does not wait for the clock. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export interface Stage {
  readonly runtime: Runtime;
  readonly connector: FakeConnector;
  readonly clock: ManualClock;
  readonly registry: ServiceRegistry;
  /** Registers, without a start; its id. */
  register(module: string, policy?: Partial<Policy>, spec?: Partial<Manifest['spec']>): Promise<string>;
  /** Moves the clock on and lets everything that is due happen. */
  pass(ms: number): Promise<void>;
  lifecycle(serviceId: string): Lifecycle;
  kinds(): Promise<readonly string[]>;
}

export interface StageOptions {
  readonly registry?: ServiceRegistry;
  readonly telemetry?: Telemetry;
  /** Stands between the manual clock and the runtime. */
  readonly clockOf?: (clock: ManualClock) => Clock;
  readonly supervision?: RuntimeOptions['supervision'];
  /** 0 when absent: time stands still, and nobody would let a held call go. */
  readonly holdMs?: number;
}

/** A runtime whose time stands still until it is told to pass. */
export async function stage({ clockOf = (clock) => clock, ...given }: StageOptions = {}): Promise<Stage> {
  const connector = new FakeConnector();
  const clock = new ManualClock();
  const registry = given.registry ?? new MemoryServiceRegistry();
  const telemetry = given.telemetry ?? new MemoryTelemetry();
  const runtime = await createRuntime(
    { registry, telemetry, connectors: [connector], clock: clockOf(clock), entropy: plainEntropy() },
    {
      recoveryTimeoutMs: given.holdMs ?? 0,
      ...(given.supervision === undefined ? {} : { supervision: given.supervision }),
    },
  );
  return {
    runtime,
    connector,
    clock,
    registry,
    register: async (module, policy = {}, spec = {}) => {
      const { spec: usual, ...rest } = manifestOf(module);
      const restartPolicy = { ...usual.restartPolicy, ...policy };
      const manifest = { ...rest, spec: { ...usual, ...spec, restartPolicy } };
      return (await runtime.services.apply(operator, manifest)).service.serviceId;
    },
    pass: async (ms) => {
      await settled();
      clock.advance(ms);
      await settled();
    },
    lifecycle: (serviceId) => runtime.services.get(operator, serviceId).status.lifecycle,
    kinds: async () => (await runtime.audit.recent(operator, { limit: 2_000 })).map(({ kind }) => kind),
  };
}
