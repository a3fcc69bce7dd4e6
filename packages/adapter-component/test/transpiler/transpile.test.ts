import { expect, test } from '@jest/globals';
import { generate, $init } from '@bytecodealliance/jco-transpile/component';
import { decodeProgram } from '../../src/engine/component-program.ts';
import { MAX_COMPONENT_BYTES, transpile } from '../../src/transpiler/transpile.ts';
import { componentOf, WORKING } from '../support/components.ts';

const { signal } = new AbortController();
const deadlineMs = 30_000;

test('the bundled transpiler writes the same files as the published one', async () => {
  const component = await componentOf(WORKING);
  await $init;
  const published = generate(component, {
    ...{ name: 'component', noTypescript: true, instantiation: { tag: 'sync' as const }, noNodejsCompat: true },
    noComponentErrorWrapping: false,
  });
  const { glue, modules } = decodeProgram(await transpile(component, { signal, deadlineMs }));
  const own = [
    ['component.js', glue],
    ...modules.map(({ name, bytes }) => [name, Buffer.from(bytes).toString('latin1')]),
  ];
  const theirs = published.files.map(([name, bytes]) => [
    name,
    Buffer.from(bytes).toString(name.endsWith('.js') ? 'utf8' : 'latin1'),
  ]);
  expect(own.sort()).toEqual(theirs.sort());
});

test('T-569 a component that is too large, malformed or invalid is refused with the reason', async () => {
  const large = new Uint8Array(MAX_COMPONENT_BYTES + 1);
  expect(() => transpile(large, { signal, deadlineMs })).toThrow('the limit is 16777216');
  const working = await componentOf(WORKING);
  await expect(transpile(working.slice(0, -3), { signal, deadlineMs })).rejects.toMatchObject({
    failure: { code: 'MODULE_INVALID', message: expect.stringContaining('it ends too early') },
  });
  // The decoder does not read core modules; the transpiler validates them.
  const at = Buffer.from(working).indexOf(Buffer.of(0x20, 0x00, 0x20, 0x01, 0x7c));
  await expect(transpile(working.with(at + 4, 0x7b), { signal, deadlineMs })).rejects.toMatchObject({
    failure: { code: 'MODULE_INVALID', message: expect.stringContaining('the transpiler rejects it: ') },
  });
});

test('T-569 a transpilation ends at its deadline and when its caller aborts', async () => {
  const working = await componentOf(WORKING);
  await expect(transpile(working, { signal, deadlineMs: 1 })).rejects.toMatchObject({
    failure: { code: 'MODULE_INVALID', message: expect.stringContaining('it was not transpiled within 1 ms') },
  });
  const caller = new AbortController();
  const aborted = transpile(working, { signal: caller.signal, deadlineMs });
  caller.abort();
  await expect(aborted).rejects.toMatchObject({ failure: { code: 'CALL_CANCELLED' } });
});
