import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, expect, test } from '@jest/globals';
import { componentTranspiler } from '@clarity-runtime/adapter-component';
import { WorkerWasmHost } from '@clarity-runtime/adapter-wasm';
import { RawJson } from '@clarity-runtime/core';
import { decodeProgram } from '../../src/engine/component-program.ts';

interface Fixture {
  readonly sources: Readonly<Record<string, string>>;
  readonly component: string;
  readonly transpiled: Readonly<Record<string, string>>;
  readonly results: { readonly summarize: unknown; readonly reverse: unknown; readonly multiply: unknown };
}

const read = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const fixture = JSON.parse(read('words.json').toString()) as Fixture;
const component = Uint8Array.from(brotliDecompressSync(read('words.wasm.br')));
const host = new WorkerWasmHost({ loadMs: 60_000 });
const { signal } = new AbortController();
const prepared = componentTranspiler().prepare(component, {}, signal);

afterAll(async () => {
  await host[Symbol.asyncDispose]();
});

test('the component from JavaScript was built from its sources', () => {
  expect(sha256(component)).toBe(fixture.component);
  // After a change of a source: `node scripts/build-component-fixture.mjs <folder>`.
  for (const [name, digest] of Object.entries(fixture.sources))
    expect([name, sha256(read(name))]).toEqual([name, digest]);
});

test('it is transpiled to the bytes that @bytecodealliance/jco writes', async () => {
  const { glue, modules } = decodeProgram((await prepared).data);
  const own = [['component.js', sha256(glue)], ...modules.map(({ name, bytes }) => [name, sha256(bytes)])];
  expect(Object.fromEntries(own)).toEqual(fixture.transpiled);
});

test('its functions return what jco returns when it runs the component, and an exception is a tool error', async () => {
  const limits = { deadlineMs: 100_000, maxMemoryBytes: 64 << 20, maxResultBytes: 65_536 };
  const spec = { wasm: new Uint8Array(), program: await prepared, limits, onLog: () => undefined };
  const module = await host.load(spec, signal);
  const result = async (name: string, args: unknown): Promise<unknown> => {
    const reply = await module.call(name, RawJson.of(args), { signal });
    return reply.type === 'failure' ? reply : { [reply.type]: JSON.parse(reply.json.text) as unknown };
  };
  const { summarize, reverse, multiply } = fixture.results;
  expect(await result('summarize', { text: 'one three  two' })).toEqual({ value: summarize });
  expect(await result('reverse', { items: ['a', '\u00e9', '\u{1f600}'] })).toEqual({ value: reverse });
  expect(await result('multiply', { one: -6, two: 7 })).toEqual({ value: multiply });
  expect(await result('multiply', { one: 65_536, two: 65_536 })).toEqual({
    err: 'the product needs more than 32 bits',
  });
  expect(module.leftOut).toEqual([]);
});
