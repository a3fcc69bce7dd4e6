import { StoreError } from '@clarity-runtime/core';
import { ManualClock, MemoryLeases, MemoryLimiter } from '@clarity-runtime/core/memory';
import { AUDIT_MUTANTS } from './audit-mutants.ts';
import { never, type SUITES } from './mutant-suites.ts';

/** Adapters with one fault each. Every suite must reject each of its mutants. */
export const MUTANTS: {
  readonly [Name in keyof typeof SUITES]: Readonly<Record<string, Parameters<(typeof SUITES)[Name]>[1]>>;
} = {
  records: {
    'put ignores the expected revision': (inner) => ({
      put: (tenant, value, _, context) => inner.put(tenant, value, 'any', context),
    }),
    'remove ignores the expected revision': (inner) => ({
      remove: (tenant, id, _, context) => inner.remove(tenant, id, 'any', context),
    }),
    'a conflict does not have the stored revision': (inner) => ({
      put: (...given) =>
        inner.put(...given).catch((error: unknown) => {
          throw error instanceof StoreError ? new StoreError(error.kind, error.message) : error;
        }),
    }),
    'a repeated removal is a conflict': (inner) => ({
      remove: async (tenant, id, expect, context) => {
        if ((await inner.get(tenant, id)) === undefined && expect !== 'any' && expect !== 'absent')
          throw new StoreError('conflict', 'gone', { current: 'absent' });
        await inner.remove(tenant, id, expect, context);
      },
    }),
    'all tenants have the same records': (inner) => ({
      list: (_, options) => inner.list('default', options),
      get: (_, id, options) => inner.get('default', id, options),
      put: (_, value, expect, context) => inner.put('default', value, expect, context),
    }),
    'a watch reports nothing after the snapshot': (inner) => ({
      watch: async function* (tenant, from, signal) {
        for await (const change of inner.watch(tenant, from, signal)) {
          yield change;
          if (change.type === 'synced') return;
        }
      },
    }),
    'fences are ignored': (inner) => ({
      put: (tenant, value, expect, { fence: _, ...context }) => inner.put(tenant, value, expect, context),
      remove: (tenant, id, expect, { fence: _, ...context }) => inner.remove(tenant, id, expect, context),
    }),
    'operations are not remembered': (inner) => {
      let count = 0;
      return {
        put: (tenant, value, expect, context) => {
          count += 1;
          return inner.put(tenant, value, expect, { ...context, op: `${context.op}-${String(count)}` });
        },
      };
    },
    'a signal is ignored': (inner) => ({
      put: (tenant, value, expect, { signal: _, ...context }) => inner.put(tenant, value, expect, context),
    }),
    'a deadline is ignored': (inner) => ({
      put: (tenant, value, expect, { deadlineMs: _, ...context }) => inner.put(tenant, value, expect, context),
    }),
    'a write that ended as aborted is stored later': (inner) => ({
      put: (tenant, value, expect, { signal, ...context }) => {
        if (signal?.aborted === true) return inner.put(tenant, value, expect, { signal, ...context });
        const stored = inner.put(tenant, value, expect, context);
        if (signal === undefined) return stored;
        const late = new Promise<never>((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(new StoreError('aborted', 'not stored'));
          });
        });
        return Promise.race([stored, late]);
      },
    }),
    'a put never answers': () => ({ put: never }),
    'dispose closes nothing': () => ({ [Symbol.asyncDispose]: () => Promise.resolve() }),
  },
  leases: {
    'every handle gets every lease': () => {
      const own = new MemoryLeases();
      return { acquire: (...given) => own.acquire(...given) };
    },
    'a lease is never lost': (inner) => ({
      acquire: async (...given) => {
        const lease = await inner.acquire(...given);
        return lease.held ? { ...lease, lost: new AbortController().signal } : lease;
      },
    }),
    'an expired lease can be renewed': (inner) => ({
      acquire: async (...given) => {
        const lease = await inner.acquire(...given);
        return lease.held ? { ...lease, renew: () => lease.renew().catch(() => undefined) } : lease;
      },
    }),
    'all fences are equal': (inner) => ({
      acquire: async (...given) => {
        const lease = await inner.acquire(...given);
        return lease.held ? { ...lease, fence: '1' } : lease;
      },
    }),
    'a release has no effect': (inner) => ({
      acquire: async (...given) => {
        const lease = await inner.acquire(...given);
        return lease.held ? { ...lease, release: () => Promise.resolve() } : lease;
      },
    }),
    'a watch does not filter by prefix': (inner) => ({
      watch: (_, from, signal) => inner.watch('', from, signal),
    }),
    'acquire never answers': () => ({ acquire: never }),
  },
  limiter: {
    'everything is granted': () => ({ take: () => Promise.resolve({ granted: true }) }),
    'a refusal takes the tokens that are left': (inner) => ({
      take: async (tenant, request, options) => {
        const answer = await inner.take(tenant, request, options);
        if (!answer.granted) await inner.take(tenant, { ...request, count: 1 }, options);
        return answer;
      },
    }),
    'all keys have one bucket': (inner) => ({
      take: (tenant, request, options) => inner.take(tenant, { ...request, key: 'all' }, options),
    }),
    'all tenants have one budget': (inner) => ({
      take: (_, request, options) => inner.take('default', request, options),
      enter: (_, request, options) => inner.enter('default', request, options),
    }),
    'handles have budgets of their own': () => {
      const own = MemoryLimiter.open(new ManualClock());
      return { take: (...given) => own.take(...given) };
    },
    'slots never expire': (inner) => ({
      enter: (tenant, request, options) => inner.enter(tenant, { ...request, ttlMs: 1e12 }, options),
    }),
    'a second release frees another slot': (inner) => {
      const others: (() => Promise<void>)[] = [];
      return {
        enter: async (...given) => {
          const slot = await inner.enter(...given);
          if (!slot.entered) return slot;
          others.push(() => slot.release());
          let isReleased = false;
          return {
            ...slot,
            release: async () => {
              if (isReleased) await others.pop()?.();
              isReleased = true;
              await slot.release();
            },
          };
        },
      };
    },
    'dispose frees no slot': () => ({ [Symbol.asyncDispose]: () => Promise.resolve() }),
    'take never answers': () => ({ take: never }),
  },
  audit: AUDIT_MUTANTS,
  telemetry: {
    'verify never looks': () => ({
      verify: () => Promise.resolve({ records: 0, links: 0, head: '0', from: 1, to: 0, outside: 0 }),
    }),
    'operations are not remembered': (inner) => ({ append: (tenant, drafts) => inner.append(tenant, drafts) }),
    'a page skips its last event': (inner) => ({
      read: async (...given) => {
        const page = await inner.read(...given);
        return { ...page, events: page.events.slice(0, -1) };
      },
    }),
    'a service reads the log lines of another': (inner) => ({
      logs: (tenant, _, limit) => inner.logs(tenant, 's1', limit),
    }),
  },
  secrets: {
    'a removed secret stays': () => ({ remove: () => Promise.resolve(false) }),
    'values are stored with another name': (inner) => ({
      write: (tenant, name, ...rest) => inner.write(tenant, `${name}x`, ...rest),
    }),
  },
};
