import { access, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runTests, WorkerWasmHost } from '@clarity-runtime/adapter-wasm';
import { compile, compileTests, formatDiagnostic } from '@clarity-runtime/compiler';
import { RawJson } from '@clarity-runtime/core';
import type { WasmReply } from '@clarity-runtime/core/ports';
import { afterAll, describe, expect, test } from '@jest/globals';
import { repository } from '../support/workspace.ts';

const folder = join(repository, 'test', 'programs');
const examples = join(repository, 'examples');
const limits = { deadlineMs: 30_000, maxMemoryBytes: 16 << 20, maxResultBytes: 1 << 20 };
const signal = new AbortController().signal;
const host = new WorkerWasmHost();

afterAll(async () => {
  await host[Symbol.asyncDispose]();
});

/** A function, positional arguments, and the result: a value, `{ $err }` or `{ $fails }`. */
type Row = readonly [name: string, args: readonly unknown[], expected: unknown];

const readJson = async <Value>(name: string): Promise<Value> =>
  JSON.parse(await readFile(join(folder, name), 'utf8')) as Value;

/** Returns the source beside its table, or the example of that name. */
async function pathOf(name: string): Promise<string> {
  const here = join(folder, `${name}.clarity`);
  return access(here).then(
    () => here,
    () => join(examples, name, `${name}.clarity`),
  );
}

const programs = (await readdir(folder))
  .filter((name) => name.endsWith('.calls.json'))
  .map((name) => name.replace('.calls.json', ''));

function seen(reply: WasmReply): unknown {
  if (reply.type === 'failure') return { $fails: reply.message };
  return reply.type === 'err' ? { $err: reply.json.value } : reply.json.value;
}

test('the folder has thirty programs with a table of calls each', async () => {
  const sources = (await readdir(folder)).filter((name) => name.endsWith('.clarity'));
  expect(sources.filter((name) => !programs.includes(name.replace('.clarity', '')))).toEqual([]);
  expect(programs.length).toBeGreaterThanOrEqual(30);
});

test.each(programs)('%s compiles without a diagnostic and returns the expected results', async (name) => {
  const rows = await readJson<readonly Row[]>(`${name}.calls.json`);
  const compiled = compile({ file: name, text: await readFile(await pathOf(name), 'utf8') });
  if (!compiled.ok) throw new Error(compiled.diagnostics.map(formatDiagnostic).join('\n'));
  expect(compiled.warnings).toEqual([]);
  const { wasm, document } = compiled;
  const module = await host.load({ wasm, document, limits, onLog: () => undefined }, signal);
  const answers: Row[] = [];
  for (const [fn, args] of rows) answers.push([fn, args, seen(await module.call(fn, RawJson.of(args), { signal }))]);
  expect(answers).toEqual(rows);
  const tested = new Set(rows.map(([fn]) => fn));
  const pure = document.functions.filter(({ effects }) => effects.length === 0);
  expect(pure.filter((fn) => !tested.has(fn.name)).map((fn) => fn.name)).toEqual([]);
  await module.close();
});

interface Finding {
  readonly line: number;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

const findings = await readJson<Readonly<Record<string, readonly Finding[]>>>('mistakes/findings.json');

describe('a mistake from another language', () => {
  test('findings.json has an entry for every program', async () => {
    const sources = (await readdir(join(folder, 'mistakes'))).filter((name) => name.endsWith('.clarity'));
    expect(Object.keys(findings).sort()).toEqual(sources.map((name) => name.replace('.clarity', '')).sort());
    expect(sources.length).toBeGreaterThan(20);
  });

  test.each(Object.entries(findings))('%s is rejected with line and hint', async (name, expected) => {
    const result = compile({ file: name, text: await readFile(join(folder, 'mistakes', `${name}.clarity`), 'utf8') });
    if (result.ok) throw new Error('it compiles');
    expect(
      result.diagnostics.map(({ line, code, message, hint }) => ({
        line,
        code,
        message,
        ...(hint === undefined ? {} : { hint }),
      })),
    ).toEqual(expected);
    expect(expected[0]?.hint).toBeDefined();
  });
});

test.each((await readdir(examples)).filter((name) => programs.includes(name)))(
  'the tests of the example %s pass',
  async (name) => {
    const compiled = compileTests({ file: name, text: await readFile(await pathOf(name), 'utf8') });
    if (!compiled.ok) throw new Error(compiled.diagnostics.map(formatDiagnostic).join('\n'));
    const { wasm, document } = compiled;
    const outcomes = [];
    for await (const outcome of runTests({ wasm, document, deadlineMs: 30_000, maxMemoryBytes: 16 << 20 })) {
      outcomes.push({ failures: outcome.failures, problem: outcome.problem, asserted: outcome.checked > 0 });
    }
    expect(outcomes).toEqual(document.functions.map(() => ({ failures: [], problem: undefined, asserted: true })));
    expect(outcomes.length).toBeGreaterThan(0);
  },
);
