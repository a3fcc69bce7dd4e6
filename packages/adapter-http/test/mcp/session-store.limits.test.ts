import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { embeddedCaller, LEGACY_REVISIONS, RawJson, type McpReply } from '@clarity-runtime/core';
import type { McpGateway } from '@clarity-runtime/core/ports';
import { EventStore, type EventSink } from '../../src/mcp/event-store.ts';
import { SessionIds } from '../../src/mcp/session-id.ts';
import { Session } from '../../src/mcp/session.ts';
import { SessionStore } from '../../src/mcp/session-store.ts';

const context = { caller: embeddedCaller };
const facts = { revision: '2025-11-25', capabilities: {} };

function counted(): { gateway: McpGateway; living: () => number } {
  let living = 0;
  const gateway: McpGateway = {
    paramHeaders: () => [],
    open: () => {
      living += 1;
      return {
        request: () => new Promise(() => undefined),
        notify: () => undefined,
        close: () => {
          living -= 1;
        },
      };
    },
  };
  return { gateway, living: () => living };
}

const frame = (text: string) => ({ head: '"', body: Buffer.from(text), tail: '"' });

class Listening implements EventSink {
  readonly heard: string[] = [];
  readonly ids: string[] = [];
  ended = false;
  event({ body }: { body: Uint8Array }, id: string): void {
    this.heard.push(Buffer.from(body).toString());
    this.ids.push(id);
  }
  end(): void {
    this.ended = true;
  }
}

test('SessionStore evicts the least recently used session, and rebuilds it when it is used', () => {
  const { gateway, living } = counted();
  const sessions = new SessionStore(gateway, undefined, { mostSessions: 3 });
  const ids = Array.from({ length: 10 }, () => sessions.mint(facts, context));
  expect([sessions.size, living()]).toEqual([0, 0]);
  for (const id of ids) expect(sessions.find(id, context)).toBeInstanceOf(Session);
  expect([sessions.size, living()]).toEqual([3, 3]);
  expect(sessions.find(ids[0] ?? '', context)).toBeInstanceOf(Session);
  expect([sessions.size, living()]).toEqual([3, 3]);
});

test('SessionStore does not evict a busy session', () => {
  const { gateway } = counted();
  const refused: string[] = [];
  const sessions = new SessionStore(gateway, undefined, { mostSessions: 1, refused: (what) => refused.push(what) });
  const busy = sessions.find(sessions.mint(facts, context), context);
  if (!(busy instanceof Session)) throw new Error('there is no session');
  void busy.run('1', () => new Promise(() => undefined));
  expect(sessions.find(sessions.mint(facts, context), context)).toBe('full');
  expect(refused).toEqual(['session.too_many']);
});

test('SessionStore evicts an idle session after idleMs', async () => {
  const { gateway, living } = counted();
  const sessions = new SessionStore(gateway, undefined, { idleMs: 5 });
  sessions.find(sessions.mint(facts, context), context);
  expect(living()).toBe(1);
  for (let waited = 0; living() > 0 && waited < 2_000; waited += 5) await new Promise((go) => setTimeout(go, 5));
  expect([living(), sessions.size]).toEqual([0, 0]);
});

test('R07b SessionStore refuses every ended id although it remembers a bounded number', async () => {
  const sessions = new SessionStore(counted().gateway, undefined, { mostTombstones: 2 });
  const ids = [1, 2, 3].map(() => sessions.mint(facts, context));
  for (const id of ids) expect(await sessions.end(id, context)).toBe(true);
  expect(ids.map((id) => sessions.find(id, context) === 'unknown')).toEqual([true, true, true]);
});

test('SessionIds reads the facts of an id for its owner only', () => {
  const ids = new SessionIds(new Uint8Array(32));
  const other = { caller: { ...embeddedCaller, principal: { kind: 'user' as const, id: 'another-caller' } } };
  const flag = fc.option(fc.constant({}), { nil: undefined });
  const printable = fc.string({
    unit: fc.constantFrom('a', 'b', ' ', 'X', '.', '-', '0'),
    minLength: 1,
    maxLength: 24,
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...LEGACY_REVISIONS),
      flag,
      flag,
      flag,
      printable,
      (revision, sampling, elicitation, pages, name) => {
        const ui = { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } };
        const capabilities = {
          ...(pages === undefined ? {} : { extensions: ui }),
          ...(sampling === undefined ? {} : { sampling }),
          ...(elicitation === undefined ? {} : { elicitation }),
        };
        const given = { revision, capabilities, client: { name, version: '1' } };
        const id = ids.mint(given, context);
        expect(id.length).toBeLessThanOrEqual(256);
        expect(ids.read(id, context)).toEqual({ ...given, issuedAt: expect.any(Number) });
        expect(ids.read(id, other)).toBeUndefined();
        expect(ids.read(id, { ...context, service: 'calc' })).toBeUndefined();
      },
    ),
  );
});

test('SessionIds rejects an id with any changed character', () => {
  const ids = new SessionIds(new Uint8Array(32));
  const id = ids.mint(facts, context);
  fc.assert(
    fc.property(
      fc.nat(id.length - 1),
      fc.constantFrom('A', 'B', 'x', 'y', '0', '9', '-', '_', '=', '.'),
      (at, letter) => {
        fc.pre(id[at] !== letter);
        expect(ids.read(id.slice(0, at) + letter + id.slice(at + 1), context)).toBeUndefined();
      },
    ),
  );
  fc.assert(
    fc.property(fc.string(), (any) => {
      expect(ids.read(any, context)).toBeUndefined();
    }),
  );
});

test('EventStore drops the oldest events above its limits of count and bytes', () => {
  const log = new EventStore();
  const stream = log.open();
  const first = stream.position;
  for (let i = 0; i < 2_000; i += 1) stream.push(frame(String(i)));
  const listening = new Listening();
  stream.attach(listening, log.find(first)?.after ?? -1);
  expect(listening.heard.length).toBeLessThanOrEqual(512);
  expect(listening.heard.at(-1)).toBe('1999');
  for (let i = 0; i < 20; i += 1) stream.push(frame('x'.repeat(200_000)));
  const late = new Listening();
  stream.attach(late, 0);
  expect(listening.ended).toBe(true);
  expect(late.heard.length).toBeLessThan(8);
});

test('EventStore forgets finished streams before open ones', () => {
  const log = new EventStore();
  const open = log.open();
  for (let i = 0; i < 200; i += 1) log.open().finish();
  expect(log.find(open.position)?.stream).toBe(open);
  expect(log.find(log.standalone.position)?.stream).toBe(log.standalone);
});

test('ResumableStream delivers every event once and in order when its sink changes', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (steps) => {
      const log = new EventStore();
      const stream = log.open();
      let last = stream.position;
      const heard: string[] = [];
      let listening: Listening | undefined;
      const leave = (): void => {
        if (listening === undefined) return;
        stream.detach(listening);
        heard.push(...listening.heard);
        last = listening.ids.at(-1) ?? last;
        listening = undefined;
      };
      let said = 0;
      for (const speaks of steps) {
        if (speaks) {
          stream.push(frame(String(said)));
          said += 1;
        } else {
          leave();
          listening = new Listening();
          stream.attach(listening, log.find(last)?.after ?? -1);
        }
      }
      leave();
      const rest = new Listening();
      stream.attach(rest, log.find(last)?.after ?? -1);
      expect([...heard, ...rest.heard]).toEqual(Array.from({ length: said }, (_, i) => String(i)));
    }),
  );
});

test('Session rejects the 65th open request to the client', async () => {
  let refused = 0;
  const session = new Session(
    facts,
    (notify) => counted().gateway.open({ ...context, era: 'legacy', revision: '', notify }),
    () => {
      refused += 1;
    },
  );
  let asked: Promise<McpReply>[] = [];
  void session.run('1', (signal) => {
    const roots = { method: 'roots/list', params: new Map() };
    asked = Array.from({ length: 65 }, () => session.request(roots, signal, () => undefined));
    return new Promise(() => undefined);
  });
  expect(await asked.at(-1)).toMatchObject({ error: { message: 'the client has too many open requests' } });
  expect(refused).toBe(1);
  session.answer('"clarity-1"', { result: RawJson.of({ roots: [] }) });
  session.answer('"clarity-1"', { result: RawJson.of({ again: 1 }) });
  expect(await asked[0]).toMatchObject({ result: { value: { roots: [] } } });
  session.close();
  expect(await asked[1]).toMatchObject({ error: { message: 'the request was cancelled' } });
});
