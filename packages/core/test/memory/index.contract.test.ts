import { describe, expect, test } from '@jest/globals';
import { systemClock } from '@clarity-runtime/core';
import { TelemetryAuditStore } from '@clarity-runtime/core/audit-chain';
import {
  ManualClock,
  MemoryAccessTokenStore,
  MemoryApprovalStore,
  MemoryClaimStore,
  MemoryLoginStore,
  MemoryArtifactStore,
  MemoryInterfaceStore,
  MemoryPolicyRegistry,
  MemoryProfileStore,
  MemoryRecordStore,
  MemorySecretStore,
  MemoryLeases,
  MemoryLimiter,
  MemoryServiceRegistry,
  MemoryTelemetry,
} from '@clarity-runtime/core/memory';
import { inMemory } from '@clarity-runtime/core/registry';
import type { AuditEventDraft } from '@clarity-runtime/core';
import type { AuditStore, Leases, Limiter, Telemetry } from '@clarity-runtime/core/ports';
import {
  accessTokenStoreContract,
  approvalStoreContract,
  artifactStoreContract,
  auditStoreContract,
  claimStoreContract,
  interfaceStoreContract,
  loginStoreContract,
  secretStoreContract,
  leasesContract,
  limiterContract,
  policyRegistryContract,
  profileStoreContract,
  recordStoreContract,
  serviceRegistryContract,
  telemetryContract,
  withCallFaults,
  withStalls,
  withFaults,
  withTelemetryFaults,
} from '@clarity-runtime/core/testing';

const kit = { describe, test, expect };
/** Moves the clock in steps, so that every wait is resumed in between. */
const passOf = (clock: ManualClock) => async (ms: number) => {
  for (let left = ms; left > 0; left -= 1_000) {
    clock.advance(Math.min(left, 1_000));
    await new Promise((turn) => setImmediate(turn));
  }
};

const isGreater = (fence: string, than: string): boolean => Number(fence) > Number(than);

/** Stops the answers. Returns the function that lets them go on. */
const stalled = (stall: () => () => void) => {
  const resume = stall();
  return () => {
    resume();
    return Promise.resolve();
  };
};

interfaceStoreContract(kit, 'memory', () => Promise.resolve(new MemoryInterfaceStore()));
serviceRegistryContract(kit, 'memory', () =>
  Promise.resolve({ open: () => Promise.resolve(new MemoryServiceRegistry()) }),
);
policyRegistryContract(kit, 'memory', () =>
  Promise.resolve({ open: () => Promise.resolve(new MemoryPolicyRegistry()) }),
);
accessTokenStoreContract(kit, 'memory', () =>
  Promise.resolve({ open: () => Promise.resolve(new MemoryAccessTokenStore()) }),
);
profileStoreContract(kit, 'memory', () => Promise.resolve({ open: () => Promise.resolve(new MemoryProfileStore()) }));
approvalStoreContract(kit, 'memory', () => Promise.resolve({ open: () => Promise.resolve(new MemoryApprovalStore()) }));
claimStoreContract(kit, 'memory', () => Promise.resolve({ open: () => Promise.resolve(new MemoryClaimStore()) }));
loginStoreContract(kit, 'memory', () => Promise.resolve({ open: () => Promise.resolve(new MemoryLoginStore()) }));
recordStoreContract(
  kit,
  'memory, with fences and two handles',
  { make: (id: string, note = '') => ({ id, note }), idOf: ({ id }) => id, noteOf: ({ note }) => note },
  () => {
    const leases = new MemoryLeases({ clock: new ManualClock() });
    type Note = { readonly id: string; readonly note: string };
    const stores: MemoryRecordStore<Note>[] = [];
    const open = () => {
      stores.push(new MemoryRecordStore<Note>({ idOf: ({ id }) => id, leases }));
      return Promise.resolve(stores[stores.length - 1] as MemoryRecordStore<Note>);
    };
    const second = () => Promise.resolve((stores.at(-1) as MemoryRecordStore<Note>).handle());
    return Promise.resolve({ open, second, leases });
  },
);
recordStoreContract(
  kit,
  'memory, with a storage that stalls',
  { make: (id: string, note = '') => ({ id, note }), idOf: ({ id }) => id, noteOf: ({ note }) => note },
  () => {
    type Note = { readonly id: string; readonly note: string };
    const { port: backing, stall } = withStalls(
      { ...inMemory<Note>(), timeout: (ms: number) => AbortSignal.timeout(ms) },
      ['append'],
    );
    return Promise.resolve({
      open: () => Promise.resolve(new MemoryRecordStore<Note>({ idOf: ({ id }) => id, backing })),
      stall: () => Promise.resolve(stalled(stall)),
    });
  },
);
serviceRegistryContract(kit, 'memory, with late answers', () =>
  Promise.resolve({ open: () => Promise.resolve(withFaults(new MemoryServiceRegistry(), () => 'delay')) }),
);
artifactStoreContract(kit, 'memory', () => Promise.resolve(new MemoryArtifactStore()));
telemetryContract(kit, 'memory', () => Promise.resolve({ open: () => Promise.resolve(new MemoryTelemetry()) }));
telemetryContract(kit, 'memory, with late answers', () =>
  Promise.resolve({ open: () => Promise.resolve(withTelemetryFaults(new MemoryTelemetry(), () => 'delay')) }),
);
leasesContract(kit, 'memory', () =>
  Promise.resolve({ open: () => Promise.resolve(new MemoryLeases()), durable: false, isGreater }),
);
leasesContract(kit, 'memory, with two handles', () => {
  const clock = new ManualClock();
  const leases = new MemoryLeases({ clock });
  const [open, second] = ['one', 'two'].map((holder) => () => Promise.resolve(leases.handle(holder)));
  if (open === undefined || second === undefined) throw new Error('two handles');
  return Promise.resolve({ open, second, pass: passOf(clock), isGreater, durable: true });
});
auditStoreContract(kit, 'the telemetry in memory', () => {
  const telemetry = new MemoryTelemetry();
  const { port, stall } = withStalls<Telemetry>(telemetry, ['read', 'events', 'verify']);
  const handle = () => new TelemetryAuditStore({ telemetry: port, clock: systemClock, pollMs: 1 });
  const write = (drafts: readonly AuditEventDraft[]) => telemetry.append('default', drafts);
  return Promise.resolve({ store: handle(), write, stall, second: () => Promise.resolve(handle()) });
});
auditStoreContract(kit, 'the telemetry in memory, with late answers', () => {
  const telemetry = new MemoryTelemetry();
  const store = new TelemetryAuditStore({ telemetry, clock: systemClock, pollMs: 1 });
  const late = withCallFaults<AuditStore>(store, ['append', 'read', 'newest', 'verify'], () => 'delay');
  return Promise.resolve({ store: late, write: (drafts) => telemetry.append('default', drafts) });
});
limiterContract(kit, 'memory, with late answers', () => {
  const clock = new ManualClock();
  const limiter = withCallFaults<Limiter>(MemoryLimiter.open(clock), ['take', 'enter'], () => 'delay');
  return Promise.resolve({ limiter, pass: passOf(clock) });
});
leasesContract(kit, 'memory, with late answers', () => {
  const open = () => Promise.resolve(withCallFaults<Leases>(new MemoryLeases(), ['acquire'], () => 'delay'));
  return Promise.resolve({ open, durable: false, isGreater });
});
for (const isShared of [false, true]) {
  limiterContract(kit, isShared ? 'memory, with two handles' : 'memory', () => {
    const clock = new ManualClock();
    const limiter = MemoryLimiter.open(clock, isShared);
    const second = isShared ? { second: () => Promise.resolve(limiter.handle()) } : {};
    return Promise.resolve({ limiter, pass: passOf(clock), ...second });
  });
}
secretStoreContract(kit, 'memory', () => Promise.resolve(new MemorySecretStore()));
