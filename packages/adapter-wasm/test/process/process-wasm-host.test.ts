import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ProcessWasmHost } from '@clarity-runtime/adapter-wasm';
import { wasmHostContract } from '@clarity-runtime/core/testing';
import { startGuestProcess, type GuestProcess } from '../../src/process/guest-process.ts';
import { call, outcome, roomy } from '../support/host.ts';
import { hostPrograms } from '../support/host-programs.ts';

const open: ProcessWasmHost[] = [];
const started: GuestProcess[] = [];
const { signal } = new AbortController();

function processHost(environment: Readonly<Record<string, string>> = {}): ProcessWasmHost {
  const host = new ProcessWasmHost({
    environment,
    startProcess: (given) => {
      const process = startGuestProcess(given);
      started.push(process);
      return process;
    },
  });
  open.push(host);
  return host;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((host) => host[Symbol.asyncDispose]()));
  for (const { pid = 0 } of started.splice(0)) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

wasmHostContract({ describe, test, expect }, 'processes', () =>
  Promise.resolve({ host: processHost(), ...hostPrograms }),
);

test('T-251 a guest host has no variable but its marks, and no descriptor of this process', async () => {
  process.env.CLARITY_TEST_SECRET = 'hunter2';
  const host = processHost({ CLARITY_SERVICE_ID: 'guest-host' });
  const module = await host.load({ wasm: hostPrograms.working, limits: roomy, onLog: () => undefined }, signal);
  delete process.env.CLARITY_TEST_SECRET;
  expect(await outcome(call(module, 'count'))).toBe('value 1');
  const [{ pid = 0 } = {}] = started;
  if (process.platform !== 'linux') return;
  expect(readFileSync(`/proc/${String(pid)}/environ`, 'latin1')).toBe('CLARITY_SERVICE_ID=guest-host\0');
});

test('T-566 a killed guest host costs no call its reply, and modules of one process share it', async () => {
  const host = processHost();
  const spec = { wasm: hostPrograms.working, limits: roomy, onLog: () => undefined };
  const modules = await Promise.all([host.load(spec, signal), host.load(spec, signal)]);
  const apart = await host.load({ ...spec, apart: true }, signal);
  expect(host.processes).toBe(2);
  const replies = [...modules, apart, ...modules].map((module, at) => outcome(call(module, 'add', [at, 1])));
  for (const guest of started) guest.kill();
  expect(await Promise.all(replies)).toEqual([1, 2, 3, 4, 5].map((sum) => `value ${String(sum)}`));
});
