import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { embeddedCaller } from '@clarity-runtime/core';
import type { McpGateway } from '@clarity-runtime/core/ports';
import { SessionStore } from '../../src/mcp/session-store.ts';
import type { TombstoneStore } from '../../src/mcp/session-tombstones.ts';

const context = { caller: embeddedCaller };
const facts = { revision: '2025-11-25', capabilities: {} };
const gateway: McpGateway = {
  paramHeaders: () => [],
  open: () => ({ request: () => new Promise(() => undefined), notify: () => undefined, close: () => undefined }),
};
const DAY_MS = 24 * 60 * 60_000;

/** Tombstones in memory that outlive a session store. */
function memoryStore(): TombstoneStore & { readonly ended: Map<string, number> } {
  const ended = new Map<string, number>();
  return {
    ended,
    floor: 0,
    add: (key, issuedAt) => {
      ended.set(key, issuedAt);
      return Promise.resolve();
    },
  };
}

test('R07b an id is refused when it is older than 30 days', () => {
  let now = DAY_MS;
  const sessions = new SessionStore(gateway, undefined, { now: () => now });
  const id = sessions.mint(facts, context);
  now += 30 * DAY_MS;
  expect(sessions.find(id, context)).not.toBe('unknown');
  now += 1;
  expect(sessions.find(id, context)).toBe('unknown');
});

test('R07a R07b T-336 no ended id works again, over any sequence of starts, and a younger live id keeps working', async () => {
  const act = fc.constantFrom('open', 'end', 'restart', 'later');
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), async (acts, mostTombstones) => {
      const tombstones = memoryStore();
      const key = new Uint8Array(32);
      let now = 1;
      const start = (): SessionStore => new SessionStore(gateway, key, { mostTombstones, tombstones, now: () => now });
      let sessions = start();
      const live: string[] = [];
      const ended: string[] = [];
      for (const name of acts) {
        now += 1;
        if (name === 'open') live.push(sessions.mint(facts, context));
        if (name === 'restart') sessions = start();
        if (name === 'later') now += 1_000;
        const id = name === 'end' ? live.shift() : undefined;
        if (id !== undefined) {
          await sessions.end(id, context);
          ended.push(id);
        }
        for (const gone of ended) expect(sessions.find(gone, context)).toBe('unknown');
      }
      // Ids end in the order of their issue here, so no dropped tombstone is younger than a live id.
      for (const id of live) expect(sessions.find(id, context)).not.toBe('unknown');
    }),
    { numRuns: 100 },
  );
});
