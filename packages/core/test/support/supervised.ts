import { createRuntime, type Lifecycle, type Manifest, type Runtime, type RuntimeOptions } from '@clarity-runtime/core';
import { ManualClock, MemoryServiceRegistry, MemoryTelemetry } from '@clarity-runtime/core/memory';
import type { Clock, Entropy, ServiceRegistry, Telemetry } from '@clarity-runtime/core/ports';
import { FakeConnector, manifestOf } from './fake-connector.ts';
import { operator } from './speak.ts';

export type Policy = Manifest['spec']['restartPolicy'];

let instances = 0;

/** Returns an entropy with distinct ids and random fractions of 0, so that every wait is the shortest possible. */
export function plainEntropy(): Entropy {
  let made = 0;
  const instance = (instances += 1);
  return {
    bytes: (length) => {
      const bytes = new Uint8Array(length);
      if (length > 4) new DataView(bytes.buffer).setUint32(0, (made += 1));
      if (length > 8) new DataView(bytes.buffer).setUint32(4, instance);
      return bytes;
    },
  };
}

/** Runs all tasks that do not wait for the clock. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export interface Stage {
  readonly runtime: Runtime;
  readonly connector: FakeConnector;
  readonly clock: ManualClock;
  readonly registry: ServiceRegistry;
  /** Registers a service without a start. Returns its id. */
  register(module: string, policy?: Partial<Policy>, spec?: Partial<Manifest['spec']>): Promise<string>;
  /** Moves the clock and runs every task that is due. */
  pass(ms: number): Promise<void>;
  lifecycle(serviceId: string): Lifecycle;
  kinds(): Promise<readonly string[]>;
}

export interface StageOptions {
  readonly registry?: ServiceRegistry;
  readonly telemetry?: Telemetry;
  /** Wraps the manual clock of the runtime. */
  readonly clockOf?: (clock: ManualClock) => Clock;
  readonly supervision?: RuntimeOptions['supervision'];
  /** `recoveryTimeoutMs`. Default 0: the clock does not move, so a waiting call would never end. */
  readonly holdMs?: number;
}

/** Returns a runtime with a manual clock. */
export async function stage({ clockOf = (clock) => clock, ...given }: StageOptions = {}): Promise<Stage> {
  const connector = new FakeConnector();
  const clock = new ManualClock();
  const registry = given.registry ?? new MemoryServiceRegistry();
  const telemetry = given.telemetry ?? new MemoryTelemetry();
  const runtime = await createRuntime(
    { registry, telemetry, connectors: [connector], clock: clockOf(clock), entropy: plainEntropy() },
    {
      words: 'program',
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
