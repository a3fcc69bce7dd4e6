import { expect, test } from '@jest/globals';
import { openHere, outcomeOf } from '../support/programs.ts';

/** A component with a function `f` that calls one function of the host. */
const calling = (name: string, fn: string, result: string, core: string): string => `(component
  (import "${name}" (instance $h (export "${fn}" (func ${result}))))
  (core func $f (canon lower (func $h "${fn}")))
  (core module $m (import "h" "f" (func $f ${core})) (func (export "f") ${core} (call $f)))
  (core instance $i (instantiate $m (with "h" (instance (export "f" (func $f))))))
  (func (export "f") ${result} (canon lift (core func $i "f"))))`;

const random = calling('wasi:random/random@0.2.0', 'get-random-u64', '(result u64)', '(result i64)');
const clock = calling('wasi:clocks/monotonic-clock@0.2.3', 'now', '(result u64)', '(result i64)');

test('T-570 WASI is denied by default, and the error names the capability that grants it', async () => {
  const { instance } = await openHere(random);
  expect(outcomeOf(instance, 'f')).toBe(
    'WASM_CAPABILITY the component uses wasi:random/random#getRandomU64, which is not granted; ' +
      'spec.capabilities.random grants it',
  );
  const granted = await openHere(random, { random: true });
  expect(outcomeOf(granted.instance, 'f')).toMatch(/^value "?\d+"?$/);
  expect(outcomeOf(granted.instance, 'f')).not.toBe(outcomeOf(granted.instance, 'f'));
});

test('a clock that is not granted is 0, because language runtimes read it at their start', async () => {
  expect(outcomeOf((await openHere(clock)).instance, 'f')).toBe('value 0');
  const { instance } = await openHere(clock, { time: true });
  expect(outcomeOf(instance, 'f')).toMatch(/^value \d+$/);
});

test('T-570 nothing grants sockets and HTTP', async () => {
  const sockets = calling('wasi:sockets/instance-network@0.2.0', 'f', '', '');
  const { instance } = await openHere(sockets, { random: true, time: true });
  expect(outcomeOf(instance, 'f')).toContain(
    'wasi:sockets/instance-network#f, which is not granted; nothing grants it',
  );
});

test('an import outside of WASI 0.2 is refused by name', async () => {
  const foreign = calling('evil:host/shell@1.0.0', 'run', '(result u32)', '(result i32)');
  await expect(openHere(foreign)).rejects.toMatchObject({
    failure: { code: 'MODULE_INVALID', message: expect.stringContaining('evil:host/shell@1.0.0') },
  });
});
