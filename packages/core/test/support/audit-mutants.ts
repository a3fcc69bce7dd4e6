import { systemClock } from '@clarity-runtime/core';
import type { AuditStore, StoredEvent } from '@clarity-runtime/core/ports';
import type { Mutant } from './mutant-suites.ts';

/** Audit stores with one fault each. The suite of the port must reject each of them. */
export const AUDIT_MUTANTS: Readonly<Record<string, Mutant<AuditStore>>> = {
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
};
