import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { AuditEvent } from '@clarity-runtime/core';
import fc from 'fast-check';
import { AuditSpool } from '../../src/composition/audit-spool.ts';
import { runs } from '../../../../test/support/runs.ts';

let root: string;
let made = 0;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'clarity-spool-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const event = (seq: number, message = 'm'): AuditEvent => ({
  seq,
  id: `i/1/${String(seq)}`,
  at: '2026-01-01T00:00:00.000Z',
  kind: 'service.started',
  level: 'info',
  message,
});
const folder = (): string => join(root, String((made += 1)));
const MANY = 64 * 1024 * 1024;

test('law: events leave in the order in which they came, whatever is sent between and whenever the process ends', async () => {
  const act = fc.oneof(
    fc.record({ add: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ send: fc.integer({ min: 1, max: 7 }) }),
    fc.constant('again' as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 20 }), async (acts) => {
      const options = { folder: folder(), maxBytes: MANY };
      let spool = await AuditSpool.open(options);
      let added = 0;
      const sent: number[] = [];
      const send = async (count: number): Promise<number> => {
        const events = await spool.oldest(count);
        sent.push(...events.map(({ seq }) => seq));
        spool.sent(events.length);
        return events.length;
      };
      for (const each of acts) {
        if (each === 'again') spool = await AuditSpool.open(options);
        else if ('send' in each) await send(each.send);
        else await spool.add(Array.from({ length: each.add }, () => event((added += 1))));
      }
      while ((await send(3)) > 0);
      expect(spool.isEmpty).toBe(true);
      expect(await readdir(options.folder)).toEqual([]);
      // A later process sends a file again that was not sent completely; none is left out, and the last pass is in order.
      expect([...new Set(sent)]).toEqual(Array.from({ length: added }, (_, index) => index + 1));
    }),
    { numRuns: runs(40) },
  );
});

test('without room it takes nothing, and takes events again when some have left', async () => {
  const spool = await AuditSpool.open({ folder: folder(), maxBytes: 1_000 });
  expect(await spool.add([event(1, 'x'.repeat(700))])).toBe(true);
  expect(await spool.add([event(2, 'x'.repeat(700))])).toBe(false);
  expect(spool.bytes).toBeLessThanOrEqual(1_000);
  spool.sent((await spool.oldest(9)).length);
  expect(await spool.oldest(9)).toEqual([]);
  expect(await spool.add([event(2, 'x'.repeat(700))])).toBe(true);
  expect((await spool.oldest(9)).map(({ seq }) => seq)).toEqual([2]);
});

test('a line that a crash cut off is left out, and hides no later one', async () => {
  const options = { folder: folder(), maxBytes: MANY };
  await (await AuditSpool.open(options)).add([event(1)]);
  const [name = ''] = await readdir(options.folder);
  await appendFile(join(options.folder, name), '{"seq":2,"id":"i/1');
  const spool = await AuditSpool.open(options);
  await spool.add([event(3)]);
  const first = await spool.oldest(9);
  spool.sent(first.length);
  expect([...first, ...(await spool.oldest(9))].map(({ seq }) => seq)).toEqual([1, 3]);
});
