import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkerWasmHost } from '@clarity-runtime/adapter-wasm';
import { compile } from '@clarity-runtime/compiler';
import { RawJson } from '@clarity-runtime/core';
import type { WasmModule } from '@clarity-runtime/core/ports';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { repository } from '../support/workspace.ts';

const host = new WorkerWasmHost();
const signal = new AbortController().signal;

afterAll(async () => {
  await host[Symbol.asyncDispose]();
});

async function load(path: string): Promise<WasmModule> {
  const compiled = compile({ file: path, text: await readFile(join(repository, 'examples', path), 'utf8') });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics));
  expect(compiled.warnings).toEqual([]);
  const { wasm, document } = compiled;
  const limits = { deadlineMs: 30_000, maxMemoryBytes: 16 * 1024 * 1024, maxResultBytes: 65_536 };
  return host.load({ wasm, document, limits, onLog: () => undefined }, signal);
}

async function answer(module: WasmModule, name: string, args: object): Promise<unknown> {
  const reply = await module.call(name, RawJson.of(args), { signal });
  if (reply.type === 'failure') throw new Error(reply.message);
  return reply.type === 'err' ? { err: reply.json.value } : reply.json.value;
}

const entries = [
  { account: 'rent', cents: -80_000 },
  { account: 'pay', cents: 250_050 },
  { account: 'rent', cents: -1_999 },
];

describe('ledger', () => {
  let ledger: WasmModule;
  beforeAll(async () => {
    ledger = await load('ledger/ledger.clarity');
  });

  test.each([
    ['balance', { entries }, 168_051],
    ['balance', { entries: [] }, 0],
    ['balance_of', { entries, account: 'rent' }, -81_999],
    ['balance_of', { entries, account: 'none' }, 0],
    ['accounts', { entries }, ['rent', 'pay']],
    ['split_amount', { cents: 1000, people: 3 }, [334, 333, 333]],
    ['split_amount', { cents: 0, people: 2 }, [0, 0]],
    ['split_amount', { cents: 5, people: 0 }, { err: 'an amount from 0 on can be split among 1 to 1000 people' }],
    ['format_cents', { cents: 123_456 }, '1234.56'],
    ['format_cents', { cents: -5 }, '-0.05'],
    ['parse_amount', { text: '12' }, 1200],
    ['parse_amount', { text: '12.5' }, 1250],
    ['parse_amount', { text: '-0.05' }, -5],
    ['parse_amount', { text: '1.2.3' }, { err: "'1.2.3' is not an amount: use the form 12 or 12.34" }],
    ['parse_amount', { text: '--1' }, { err: "'--1' is not an amount: use the form 12 or 12.34" }],
    ['parse_amount', { text: '1.' }, { err: "'1.' is not an amount: use the form 12 or 12.34" }],
  ])('%s(%j) is %j', async (name, args, expected) => {
    expect(await answer(ledger, name, args)).toEqual(expected);
  });

  test('the ledger exposes only exported functions', () => {
    expect(ledger.functions.map(({ name }) => name)).toEqual([
      'balance',
      'balance_of',
      'accounts',
      'split_amount',
      'format_cents',
      'parse_amount',
    ]);
    for (const { doc } of ledger.functions) expect(doc).toMatch(/\.$/);
  });
});

describe('text-tools', () => {
  let tools: WasmModule;
  beforeAll(async () => {
    tools = await load('text-tools/text-tools.clarity');
  });

  test.each([
    ['count', { text: 'one two\nthree' }, { characters: 13, words: 3, lines: 2 }],
    ['count', { text: '' }, { characters: 0, words: 0, lines: 0 }],
    ['words', { text: '  a\tb \r\n c ' }, ['a', 'b', 'c']],
    ['slug', { text: ' Hello,  World! ' }, 'hello-world'],
    ['slug', { text: '---' }, ''],
    ['wrap', { text: 'to be or not to be', width: 6 }, ['to be', 'or not', 'to be']],
    ['wrap', { text: 'extraordinary x', width: 5 }, ['extraordinary', 'x']],
    ['wrap', { text: 'x', width: 0 }, { err: 'the width must be at least 1' }],
    ['find_word', { text: 'red green blue', start: 'gr' }, 'green'],
    ['find_word', { text: 'red green blue', start: 'x' }, null],
  ])('%s(%j) is %j', async (name, args, expected) => {
    expect(await answer(tools, name, args)).toEqual(expected);
  });
});
