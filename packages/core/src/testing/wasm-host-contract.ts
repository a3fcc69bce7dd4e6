import { RawJson } from '../domain/json/raw-json.ts';
import type { WasmHost, WasmLimits, WasmModule, WasmModuleSpec } from '../ports/index.ts';
import { isClarityError } from '../domain/errors/clarity-error.ts';
import type { TestKit } from './test-kit.ts';

/** An open host and the modules that it can load. */
export interface WasmHostSetup {
  readonly host: WasmHost;
  /**
   * A module over 64-bit integers: `add(arg0, arg1)`, `count()`, which counts the calls of one instance, `spin()`, which
   * never returns, and `boom()`, which traps.
   */
  readonly working: Uint8Array;
  /** A module whose start function never returns. */
  readonly endless: Uint8Array;
  /** Returns the specification of a module that is not loaded as it is. @throws ClarityError MODULE_INVALID. */
  readonly prepare?: (wasm: Uint8Array) => Promise<Pick<WasmModuleSpec, 'wasm' | 'program'>>;
}

/** Contract of a `WasmHost`: a guest affects only its own call. */
export function wasmHostContract(kit: TestKit, name: string, open: () => Promise<WasmHostSetup>): void {
  const { describe, test, expect } = kit;
  const limits: WasmLimits = { deadlineMs: 30_000, maxMemoryBytes: 16 << 20, maxResultBytes: 1 << 20 };
  const never = new AbortController().signal;
  const load = async ({ host, prepare }: WasmHostSetup, wasm: Uint8Array): Promise<WasmModule> =>
    host.load({ wasm, ...(await prepare?.(wasm)), limits, onLog: () => undefined }, never);
  const call = async (
    module: WasmModule,
    fn: string,
    { args = [], signal = never, deadlineMs = limits.deadlineMs }: CallOptions = {},
  ): Promise<string> => {
    try {
      const reply = await module.call(fn, RawJson.of(args), { signal, deadlineMs });
      return reply.type === 'failure' ? reply.code : reply.json.text;
    } catch (error) {
      return isClarityError(error) ? `rejected ${error.code}` : 'rejected';
    }
  };
  const codeOf = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
      return 'ok';
    } catch (error) {
      return isClarityError(error) ? error.code : 'another error';
    }
  };

  describe(`WasmHost contract: ${name}`, () => {
    test('a module offers its functions and answers calls without any state', async () => {
      const setup = await open();
      const { working } = setup;
      const module = await load(setup, working);
      expect(module.functions.map((fn) => fn.name)).toEqual(['add', 'count', 'spin', 'boom']);
      expect([await call(module, 'count'), await call(module, 'count')]).toEqual(['1', '1']);
      expect(await call(module, 'add', { args: ['9223372036854775806', 1] })).toEqual('"9223372036854775807"');
      expect(await call(module, 'add', { args: [1] })).toEqual('ARGUMENTS_INVALID');
      expect(await call(module, 'unknown')).toEqual('ARGUMENTS_INVALID');
    });
    test('replies belong to their calls, of several modules at once', async () => {
      const setup = await open();
      const { working } = setup;
      const modules = await Promise.all(Array.from({ length: 6 }, () => load(setup, working)));
      const replies = await Promise.all(
        Array.from({ length: 120 }, (_, at) => call(modules[at % 6] as WasmModule, 'add', { args: [at, 1] })),
      );
      expect(replies).toEqual(Array.from({ length: 120 }, (_, at) => String(at + 1)));
    });
    test('a trap and a deadline fail one call, also between calls of other modules', async () => {
      const setup = await open();
      const { working } = setup;
      const modules = await Promise.all(Array.from({ length: 6 }, () => load(setup, working)));
      const bad = modules[0] as WasmModule;
      const replies = await Promise.all([
        call(bad, 'spin', { deadlineMs: 300 }),
        ...modules.map((module) => call(module, 'add', { args: [2, 3] })),
        call(bad, 'boom'),
        ...modules.map((module) => call(module, 'count')),
      ]);
      const rest = [...modules.map(() => '5'), 'WASM_TRAP', ...modules.map(() => '1')];
      expect(replies).toEqual(['WASM_DEADLINE', ...rest]);
    });
    test('an aborted call rejects at once, and the next one is answered', async () => {
      const setup = await open();
      const { working } = setup;
      const module = await load(setup, working);
      const caller = new AbortController();
      const spinning = call(module, 'spin', { signal: caller.signal });
      const behind = call(module, 'count');
      caller.abort();
      expect([await spinning, await behind]).toEqual(['rejected CALL_CANCELLED', '1']);
      expect(await call(module, 'count', { signal: caller.signal })).toEqual('rejected CALL_CANCELLED');
    });
    test('bytes that are not a module and an endless start function are rejected, and others load meanwhile', async () => {
      const setup = await open();
      const { working, endless } = setup;
      const stuck = codeOf(load(setup, endless));
      expect(await codeOf(load(setup, Uint8Array.of(1, 2, 3)))).toEqual('MODULE_INVALID');
      expect(await call(await load(setup, working), 'count')).toEqual('1');
      expect(await stuck).toEqual('WASM_DEADLINE');
    });
    test('a closed module and a disposed host reject calls that run and later ones', async () => {
      const setup = await open();
      const { working } = setup;
      const [one, two] = [await load(setup, working), await load(setup, working)];
      const running = [call(one, 'spin'), call(two, 'spin')];
      await one.close();
      expect([await running[0], await call(one, 'count')]).toEqual([
        'rejected SERVICE_STOPPED',
        'rejected SERVICE_STOPPED',
      ]);
      await setup.host[Symbol.asyncDispose]();
      expect([await running[1], await call(two, 'count')]).toEqual([
        'rejected SERVICE_STOPPED',
        'rejected SERVICE_STOPPED',
      ]);
      expect(await codeOf(load(setup, working))).toEqual('SERVICE_STOPPED');
    });
  });
}

interface CallOptions {
  readonly args?: readonly unknown[];
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
}
