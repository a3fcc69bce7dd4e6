import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AbiError, GuestLimit } from '../../src/guest/guest-error.ts';
import { HostBudget } from '../../src/guest/host-budget.ts';
import { MapTable } from '../../src/guest/map-table.ts';
import { MEBIBYTE } from '../imports/host-fixture.ts';

const budgetOf = (bytes: number): HostBudget => new HostBudget({ maxBytes: bytes, maxHeldBytes: bytes });

const KEYS = ['a', 'b', 'c', '__proto__', 'constructor', 0n, 1n, 2n, 3n];
const key = fc.constantFrom(...KEYS);
const shown = (entries: ReadonlyMap<unknown, unknown>, size: number, lookups: readonly unknown[]): string =>
  `${Array.from(entries, ([name, value]) => `${typeof name} ${String(name)}: ${String(value)}`).join()} ${String(size)} ${lookups.join()}`;
const target = fc.oneof({ weight: 3, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat(1_000) });
const step = fc.record({ on: target, key, value: fc.option(fc.nat(9)) });

test('maps equal JavaScript Maps in the same order, and no operation changes another map', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100, size: 'max' }), (steps) => {
      const table = new MapTable(budgetOf(64 * MEBIBYTE));
      const maps = [{ handle: table.create(), model: new Map<string | bigint, number>() }];
      for (const { on, key: name, value } of steps) {
        const { handle, model } = maps.at(on < 0 ? -1 : on % maps.length) as (typeof maps)[number];
        const changed = new Map(model);
        if (value === null) changed.delete(name);
        else changed.set(name, value);
        const next = value === null ? table.remove(handle, name) : table.set(handle, name, value);
        maps.push({ handle: next, model: changed });
      }
      for (const { handle, model } of maps) {
        const lookups = KEYS.map((name) => table.get(handle, name));
        const known = KEYS.map((name) => model.get(name));
        expect(shown(table.entries(handle), table.size(handle), lookups)).toBe(shown(model, model.size, known));
      }
    }),
    { numRuns: 100 },
  );
});

test('a map of 10,000 entries charges less than 300 bytes for each entry', () => {
  const budget = budgetOf(64 * MEBIBYTE);
  const table = new MapTable(budget);
  let map = table.create();
  for (let at = 0; at < 10_000; at += 1) map = table.set(map, BigInt(at), at);
  expect(table.size(map)).toBe(10_000);
  expect(budget.used).toBeLessThan(10_000 * 300);
});

test('a key that is set repeatedly does not slow down reads of its map', () => {
  const budget = budgetOf(64 * MEBIBYTE);
  const table = new MapTable(budget);
  let map = table.create();
  for (let at = 0; at < 10_000; at += 1) map = table.set(map, 'counter', at);
  const before = budget.used;
  expect(Array.from(table.entries(map))).toEqual([['counter', 9_999]]);
  expect(budget.used - before).toBeLessThan(10_000);
});

test('copies of old versions are charged to the budget', () => {
  const table = new MapTable(budgetOf(8 * MEBIBYTE));
  let map = table.create();
  for (let at = 0; at < 1_000; at += 1) map = table.set(map, BigInt(at), at);
  const change = (): void => {
    for (let at = 0; at < 1_000; at += 1) table.set(map, 'other', at);
  };
  expect(change).toThrow(GuestLimit);
});

test.each([0, -1, 2, 1.5, NaN])('the handle %d without a map throws AbiError', (handle) => {
  const table = new MapTable(budgetOf(MEBIBYTE));
  table.create();
  expect(() => table.size(handle)).toThrow(AbiError);
});

test('a reset invalidates all handles', () => {
  const table = new MapTable(budgetOf(MEBIBYTE));
  const handle = table.create([['secret', 1]]);
  table.clear();
  expect(() => table.get(handle, 'secret')).toThrow(AbiError);
});
