import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson } from '@clarity-runtime/core';
import type { WasmModule } from '@clarity-runtime/core/ports';
import { ProcessWasmHost } from '../../src/process/process-wasm-host.ts';
import { memoryProcess } from '../support/memory-process.ts';

const { signal } = new AbortController();
const limits = { deadlineMs: 1_000, maxMemoryBytes: 1 << 20, maxResultBytes: 1 << 20 };
const load = (host: ProcessWasmHost, onLog: (line: string) => void = () => undefined): Promise<WasmModule> =>
  host.load({ wasm: new Uint8Array(8), limits, onLog }, signal);

async function answer(module: WasmModule, name: string, args: readonly number[] = []): Promise<string> {
  const reply = await module.call(name, RawJson.of(args), { signal });
  return reply.type === 'failure' ? `${reply.code} ${reply.message}` : reply.json.text;
}

test('T-566 every call has its own reply, whenever guest hosts end', async () => {
  const run = fc.asyncProperty(
    fc.array(fc.nat(3), { minLength: 1, maxLength: 40 }),
    fc.uniqueArray(fc.nat(60), { maxLength: 6 }),
    async (targets, ends) => {
      let calls = 0;
      const started: (() => void)[] = [];
      const host = new ProcessWasmHost({
        startProcess: () =>
          memoryProcess(
            (_, kill) => {
              calls += 1;
              // The second run of a call is apart from others, so that this end hits it once more at most.
              if (ends.includes(calls)) kill();
            },
            (kill) => started.push(kill),
          ),
      });
      const modules = await Promise.all([load(host), load(host), load(host), load(host)]);
      const replies = await Promise.all(
        targets.map((at, index) => answer(modules[at] as WasmModule, 'add', [index, 1])),
      );
      const wrong = replies.filter((reply, index) => reply !== String(index + 1));
      // A call fails when its guest host ended twice below it.
      expect(wrong.filter((reply) => reply !== 'WASM_TRAP its guest host ended: SIGKILL')).toEqual([]);
      expect(wrong.length).toBeLessThanOrEqual(Math.floor(ends.length / 2));
      await host[Symbol.asyncDispose]();
    },
  );
  await fc.assert(run, { numRuns: 60 });
});

test('T-566 a call that ends guest hosts fails alone, and its module continues in a process apart', async () => {
  const host = new ProcessWasmHost({
    startProcess: () =>
      memoryProcess((name, kill) => {
        if (name === 'poison') kill();
      }),
  });
  const [bad, good] = [await load(host), await load(host)];
  const before = host.processes;
  const replies = await Promise.all([
    answer(good, 'add', [1, 1]),
    answer(bad, 'poison'),
    answer(good, 'add', [2, 2]),
    answer(bad, 'add', [3, 3]),
  ]);
  expect(replies).toEqual(['2', 'WASM_TRAP its guest host ended: SIGKILL', '4', '6']);
  const lines: string[] = [];
  const watched = await load(host, (line) => lines.push(line));
  expect(await Promise.all([answer(bad, 'poison'), answer(watched, 'add', [1, 2])])).toEqual([
    'WASM_TRAP its guest host ended: SIGKILL',
    '3',
  ]);
  expect(lines).toEqual([]);
  expect(await answer(bad, 'add', [4, 4])).toBe('8');
  expect(host.processes).toBeGreaterThan(before);
  await host[Symbol.asyncDispose]();
});

test('T-566 a module that ends five guest hosts in a minute is closed', async () => {
  const host = new ProcessWasmHost({
    startProcess: () =>
      memoryProcess((name, kill) => {
        if (name === 'poison') kill();
      }),
  });
  const bad = await load(host);
  for (let time = 1; time < 5; time += 1) expect(await answer(bad, 'poison')).toMatch(/^WASM_TRAP/);
  await expect(answer(bad, 'poison')).rejects.toMatchObject({ code: 'SERVICE_START_FAILED' });
  await expect(answer(bad, 'add', [1, 1])).rejects.toMatchObject({ code: 'SERVICE_STOPPED' });
  await host[Symbol.asyncDispose]();
});

test('a guest host that answers nothing is ended, and its calls are repeated', async () => {
  let starts = 0;
  const host = new ProcessWasmHost({
    link: { silentMs: 30 },
    startProcess: () => {
      starts += 1;
      const process = memoryProcess(() => undefined);
      let writes = 0;
      // The first guest host reads its module and then nothing.
      return starts > 1
        ? process
        : {
            ...process,
            write: (bytes) => {
              writes += 1;
              if (writes === 1) process.write(bytes);
            },
          };
    },
  });
  const module = await load(host);
  expect(await answer(module, 'add', [1, 2])).toBe('3');
  expect(starts).toBe(2);
  await host[Symbol.asyncDispose]();
});
