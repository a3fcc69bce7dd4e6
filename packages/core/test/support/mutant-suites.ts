import { systemClock } from '@clarity-runtime/core';
import { TelemetryAuditStore } from '@clarity-runtime/core/audit-chain';
import {
  ManualClock,
  MemoryLeases,
  MemoryLimiter,
  MemoryRecordStore,
  MemorySecretStore,
  MemoryTelemetry,
} from '@clarity-runtime/core/memory';
import { inMemory } from '@clarity-runtime/core/registry';
import type { AuditStore, Leases, Limiter, RecordStore, SecretStore, Telemetry } from '@clarity-runtime/core/ports';
import {
  auditStoreContract,
  leasesContract,
  limiterContract,
  recordStoreContract,
  secretStoreContract,
  telemetryContract,
  withStalls,
  type TestKit,
} from '@clarity-runtime/core/testing';

/** Returns an adapter with replaced members. */
export const over = <T extends object>(inner: T, members: Partial<T>): T =>
  new Proxy(inner, {
    get: (target, name) => {
      if (name in members) return members[name as keyof T];
      const member = target[name as keyof T];
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });

export const never = <T>(): Promise<T> => new Promise(() => undefined);

export type Note = { readonly id: string; readonly note: string };
export type Mutant<T> = (inner: T) => Partial<T>;

const passOf = (clock: ManualClock) => async (ms: number) => {
  for (let left = ms; left > 0; left -= 1_000) {
    clock.advance(Math.min(left, 1_000));
    await new Promise((turn) => setImmediate(turn));
  }
};

/** Each suite over the adapter in memory; a mutant replaces members of every handle. */
export const SUITES = {
  records: (kit: TestKit, mutant: Mutant<RecordStore<Note>>) => {
    const samples = {
      make: (id: string, note = '') => ({ id, note }),
      idOf: ({ id }: Note) => id,
      noteOf: ({ note }: Note) => note,
    };
    recordStoreContract<Note>(kit, 'mutant', samples, () => {
      const leases = new MemoryLeases({ clock: new ManualClock() });
      const { port: backing, stall } = withStalls(
        { ...inMemory<Note>(), timeout: (ms: number) => AbortSignal.timeout(ms) },
        ['append'],
      );
      const store = new MemoryRecordStore<Note>({ idOf: ({ id }) => id, leases, backing });
      const broken = (inner: RecordStore<Note>): RecordStore<Note> => over(inner, mutant(inner));
      const opened: MemoryRecordStore<Note>[] = [store];
      return Promise.resolve({
        leases,
        open: () => Promise.resolve(broken(opened.shift() ?? new MemoryRecordStore<Note>({ idOf: ({ id }) => id }))),
        second: () => Promise.resolve(broken(store.handle())),
        stall: () => {
          const resume = stall();
          return Promise.resolve(() => {
            resume();
            return Promise.resolve();
          });
        },
      });
    });
  },
  leases: (kit: TestKit, mutant: Mutant<Leases>) => {
    leasesContract(kit, 'mutant', () => {
      const clock = new ManualClock();
      const leases = new MemoryLeases({ clock });
      const [open, second] = ['one', 'two'].map((holder) => () => {
        const inner = leases.handle(holder);
        return Promise.resolve(over<Leases>(inner, mutant(inner)));
      });
      if (open === undefined || second === undefined) throw new Error('two handles');
      const isGreater = (fence: string, than: string): boolean => Number(fence) > Number(than);
      return Promise.resolve({ open, second, pass: passOf(clock), isGreater, durable: true });
    });
  },
  limiter: (kit: TestKit, mutant: Mutant<Limiter>) => {
    limiterContract(kit, 'mutant', () => {
      const clock = new ManualClock();
      const inner = MemoryLimiter.open(clock, true);
      const second = inner.handle();
      return Promise.resolve({
        limiter: over<Limiter>(inner, mutant(inner)),
        second: () => Promise.resolve(over<Limiter>(second, mutant(second))),
        pass: passOf(clock),
      });
    });
  },
  audit: (kit: TestKit, mutant: Mutant<AuditStore>) => {
    auditStoreContract(kit, 'mutant', () => {
      const telemetry = new MemoryTelemetry();
      const { port, stall } = withStalls<Telemetry>(telemetry, ['read', 'events', 'verify']);
      const handle = (): AuditStore => {
        const inner = new TelemetryAuditStore({ telemetry: port, clock: systemClock, pollMs: 1 });
        return over<AuditStore>(inner, mutant(inner));
      };
      return Promise.resolve({
        store: handle(),
        write: (drafts) => telemetry.append('default', drafts),
        second: () => Promise.resolve(handle()),
        stall,
      });
    });
  },
  telemetry: (kit: TestKit, mutant: Mutant<Telemetry>) => {
    telemetryContract(kit, 'mutant', () => {
      const open = (): Promise<Telemetry> => {
        const inner = new MemoryTelemetry();
        return Promise.resolve(over<Telemetry>(inner, mutant(inner)));
      };
      return Promise.resolve({ open });
    });
  },
  secrets: (kit: TestKit, mutant: Mutant<SecretStore>) => {
    secretStoreContract(kit, 'mutant', () => {
      const inner = new MemorySecretStore();
      return Promise.resolve(over<SecretStore>(inner, mutant(inner)));
    });
  },
};
