import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Caller, embeddedCaller, RawJson } from '@clarity-runtime/core';
import type { McpGateway } from '@clarity-runtime/core/ports';
import { findSession, SessionStore } from '../../src/mcp/session-store.ts';
import { Session } from '../../src/mcp/session.ts';

const facts = { revision: '2025-11-25', capabilities: {} };
const gateway: McpGateway = {
  paramHeaders: () => [],
  open: () => ({
    request: () => Promise.resolve({ result: RawJson.of({}) }),
    notify: () => undefined,
    close: () => undefined,
  }),
};
const contextOf = (name: string): { caller: Caller } => ({
  caller: { ...embeddedCaller, principal: { kind: 'token', id: name } },
});
const forever = (): Promise<never> => new Promise(() => undefined);

test('R13d the limits of sessions hold for any demand, and another principal gets a session', () => {
  const step = fc.record({ who: fc.constantFrom('a', 'b', 'c'), isBusy: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const sessions = new SessionStore(gateway, undefined, { mostSessions: 12, mostPerPrincipal: 9 });
      const alive: { who: string; session: Session }[] = [];
      for (const { who, isBusy } of steps) {
        const context = contextOf(who);
        const found = sessions.find(sessions.mint(facts, context), context);
        if (found instanceof Session) {
          if (isBusy) {
            void found.run('1', forever);
            alive.push({ who, session: found });
          }
        }
        expect(sessions.size).toBeLessThanOrEqual(12);
        const busy = alive.filter(({ session }) => session.isOpen);
        const mine = busy.filter((one) => one.who === who).length;
        // A principal below its fair part is never refused.
        if (!(found instanceof Session)) expect(mine).toBeGreaterThanOrEqual(4);
        expect(mine).toBeLessThanOrEqual(9);
      }
    }),
    { numRuns: 60 },
  );
});

test('T-549 R13d law: ten thousand sessions of many principals leave a bounded number in memory, with bounded events', () => {
  const [mostSessions, mostPerPrincipal] = [200, 150];
  const events = { maxBytes: 64 * 1024, maxBytesPerPrincipal: 32 * 1024 };
  let living = 0;
  const counted: McpGateway = {
    ...gateway,
    open: (scope) => {
      living += 1;
      const close = (): void => {
        living -= 1;
      };
      return { ...gateway.open(scope), close };
    },
  };
  const sessions = new SessionStore(counted, undefined, { mostSessions, mostPerPrincipal, events });
  const contexts = Array.from({ length: 40 }, (_, at) => contextOf(`p${String(at)}`));
  const ids: [string, { caller: Caller }][] = [];
  for (let at = 0; at < 10_000; at += 1) {
    // The first principal opens every second session.
    const context = contexts[at % 2 === 0 ? 0 : at % contexts.length] ?? contextOf('other');
    const id = sessions.mint(facts, context);
    ids.push([id, context]);
    const found = sessions.find(id, context);
    expect(found).toBeInstanceOf(Session);
    if (found instanceof Session) found.events.standalone.push({ head: '', body: new Uint8Array(1_000), tail: '' });
  }
  expect(sessions.size).toBeLessThanOrEqual(mostSessions);
  expect(living).toBe(sessions.size);
  expect(sessions.keptBytes).toBeLessThanOrEqual(events.maxBytes);
  // A session that has left the memory is still one: its id has its facts.
  for (const [id, context] of [ids[0], ids[4_999], ids[9_999]].flatMap((each) => (each === undefined ? [] : [each])))
    expect(sessions.find(id, context)).toBeInstanceOf(Session);
});

test('T-382 R13d a principal above its share gets 429 QUOTA_EXCEEDED, and its own idle session makes room', () => {
  const refused: string[] = [];
  const limits = { mostSessions: 10, mostPerPrincipal: 2, refused: (what: string) => refused.push(what) };
  const sessions = new SessionStore(gateway, undefined, limits);
  const context = contextOf('a');
  const open = () => sessions.find(sessions.mint(facts, context), context);
  const [first, second] = [open(), open()];
  if (!(first instanceof Session) || !(second instanceof Session)) throw new Error('there is no session');
  void first.run('1', forever);
  expect(open()).toBeInstanceOf(Session);
  expect(second.isOpen).toBe(false);
  const third = open();
  if (third instanceof Session) void third.run('1', forever);
  const headers = { 'mcp-session-id': sessions.mint(facts, context) };
  expect(findSession(sessions, { headers, context })).toMatchObject({
    status: 429,
    error: { data: { code: 'QUOTA_EXCEEDED' } },
  });
  expect(refused).toEqual(['session.over_share']);
  const other = contextOf('b');
  expect(sessions.find(sessions.mint(facts, other), other)).toBeInstanceOf(Session);
});

test('R13e an idle session forgets its kept events after restMs', async () => {
  const sessions = new SessionStore(gateway, undefined, { restMs: 5, idleMs: 60_000 });
  const context = contextOf('a');
  const session = sessions.find(sessions.mint(facts, context), context);
  if (!(session instanceof Session)) throw new Error('there is no session');
  session.events.standalone.push({ head: '', body: new Uint8Array(1_000), tail: '' });
  expect(sessions.keptBytes).toBe(1_000);
  while (sessions.keptBytes > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(session.events.bytes).toBe(0);
});
