import { readFileSync } from 'node:fs';
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { expect, test } from '@jest/globals';
import { WorkerWasmHost } from '@clarity-runtime/adapter-wasm';
import { RawJson } from '@clarity-runtime/core';

const guide = readFileSync(new URL('../../../../docs/guides/wasm.md', import.meta.url), 'utf8');
const limits = { deadlineMs: 30_000, maxMemoryBytes: 16 << 20, maxResultBytes: 65_536 };

test('the module in the text format of the guide is a service with the function of its first commands', async () => {
  const [, text = ''] = /```wat\n([^`]+)```/.exec(guide) ?? [];
  await using host = new WorkerWasmHost();
  const { signal } = new AbortController();
  const module = await host.load({ wasm: await parse(text), limits, onLog: () => undefined }, signal);
  const [, name = '', args = ''] = /clarityctl call sums__fn__(\w+) (.+)/.exec(guide) ?? [];
  expect(module.functions.map((fn) => fn.name)).toEqual([name]);
  const given = args.split(' ').map((word): [string, number] => {
    const [key = '', value = ''] = word.split('=');
    return [key, Number(value)];
  });
  const reply = await module.call(name, RawJson.of(Object.fromEntries(given)), { signal });
  expect(reply.type === 'failure' ? reply.message : reply.json.text).toBe('5');
});
