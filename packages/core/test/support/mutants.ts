import { StoreError, systemClock } from '@clarity-runtime/core';
import { ManualClock, MemoryLeases, MemoryLimiter } from '@clarity-runtime/core/memory';
import type { StoredEvent } from '@clarity-runtime/core/ports';
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
  audit: {
    'read begins at the oldest event again': (inner) => ({
      read: (tenant, query, from, options) => inner.read(tenant, query, from === 'end' ? from : undefined, options),
    }),
    'a page ends one event too early': (inner) => ({
      read: async (...given) => {
        const page = await inner.read(...given);
        const last = page.events.at(-1)?.cursor;
        return page.events.length > 1 && last !== undefined
          ? { ...page, events: page.events.slice(0, -1), next: last }
          : page;
      },
    }),
    'all cursors are equal': (inner) => ({
      read: async (...given) => {
        const page = await inner.read(...given);
        return { ...page, events: page.events.map(({ event }) => ({ event, cursor: page.next })) };
      },
    }),
    'a cursor of another store is the oldest event': (inner) => ({
      read: (tenant, query, from, options) =>
        inner.read(tenant, query, from, options).catch(() => inner.read(tenant, query, undefined, options)),
    }),
    'verify never looks': () => ({
      verify: () => Promise.resolve({ records: 0, links: 0, head: '0', from: 1, to: 0, outside: 0 }),
    }),
    'verify knows every head': (inner) => ({
      verify: async (tenant, verification) => ({ ...(await inner.verify(tenant, verification)), expected: true }),
    }),
    'append acknowledges what it does not store': () => ({
      append: (_, batch) => Promise.resolve({ acknowledged: batch.length }),
    }),
    'a tail ends at the newest event': (inner) => ({
      tail: async function* (tenant, query, from) {
        const { events } = await inner.read(tenant, query, from === 'now' ? 'end' : from);
        yield* events;
      },
    }),
    'a tail skips events that arrive during a read': (inner) => ({
      tail: async function* (tenant, query, from, signal) {
        let at = from === 'now' ? ('end' as const) : from;
        while (!signal.aborted) {
          yield* (await inner.read(tenant, query, at)).events;
          await systemClock.after(3, signal);
          at = (await inner.read(tenant, { ...query, limit: 1 }, 'end')).next;
        }
      },
    }),
    'a tail of another store ends without a word': (inner) => ({
      tail: async function* (...given) {
        for await (const item of inner.tail(...given)) if (!('reset' in item)) yield item;
      },
    }),
    'a deadline is ignored': (inner) => ({
      read: (tenant, query, from) => inner.read(tenant, query, from),
    }),
    'an abort during a read is ignored': (inner) => ({
      read: (tenant, query, from, { signal, ...options } = {}) =>
        inner.read(tenant, query, from, signal?.aborted === true ? { ...options, signal } : options),
    }),
    'each handle has cursors of its own': (inner) => {
      const own = String(Math.random());
      return {
        read: async (tenant, query, from, options) => {
          const place = from?.startsWith(own) === true ? from.slice(own.length) : from;
          const page = await inner.read(tenant, query, place, options);
          return { ...page, next: `${own}${page.next}` };
        },
      };
    },
    'the end of one handle closes all handles': (() => {
      const open = new Set<{ [Symbol.asyncDispose](): PromiseLike<void> }>();
      return (inner) => {
        open.add(inner);
        return {
          [Symbol.asyncDispose]: async () => {
            for (const each of open) await each[Symbol.asyncDispose]();
          },
        };
      };
    })(),
    'a second append stores the events again': (inner) => {
      const extra: StoredEvent[] = [];
      return {
        append: async (tenant, batch, options) => {
          const { events } = await inner.read(tenant, { limit: 99 });
          extra.push(...events.filter(({ event }) => batch.some(({ id }) => id === event.id)));
          return inner.append(tenant, batch, options);
        },
        read: async (...given) => {
          const page = await inner.read(...given);
          return { ...page, events: [...page.events, ...extra] };
        },
      };
    },
    'newest returns the oldest': (inner) => ({
      newest: async (tenant, query) => (await inner.read(tenant, query)).events,
    }),
    'dispose closes nothing': () => ({ [Symbol.asyncDispose]: () => Promise.resolve() }),
  },
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
