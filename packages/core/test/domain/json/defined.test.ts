import { expect, test } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import { defined } from '../../../src/domain/json/defined.ts';

test('defined returns an object without the members whose value is undefined', () => {
  const hint = undefined as string | undefined;
  const copy = defined({ code: 1, hint, field: null });
  expect(Object.keys(copy)).toEqual(['code', 'field']);
  expectTypeOf(copy).branded.toEqualTypeOf<{ code: number; hint?: string; field: null }>();
});
