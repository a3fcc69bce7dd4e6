import type { Assertion } from '../guest/assertion.ts';
import type { Assertions, CallOrder, GuestCallOutcome, ModulePlan } from './messages.ts';
import type { ClarityFunction } from '@clarity-runtime/core';
import { ArgumentError } from '../guest/guest-error.ts';
import { decodeResult } from '../marshalling/decode-result.ts';
import { encodeArguments, parseArguments } from '../marshalling/encode-arguments.ts';
import { isJsonObject, type JsonValue } from '../json/json-value.ts';
import { callFailure } from './call-failure.ts';
import { GuestInstance } from './guest-instance.ts';
import { LogLines } from './log-lines.ts';

const MAX_FAILURES = 100;
const MAX_SIDE_LENGTH = 2_000;

/** The assertions of one call. */
export class AssertionTally {
  #checked = 0;
  #failures: Assertion[] = [];

  get assertions(): Assertions {
    return { checked: this.#checked, failures: this.#failures };
  }

  begin(): void {
    this.#checked = 0;
    this.#failures = [];
  }

  add({ assertion, holds, expected, actual }: Assertion): void {
    this.#checked += 1;
    if (holds || this.#failures.length >= MAX_FAILURES) return;
    this.#failures.push({ assertion, holds, expected: cut(expected), actual: cut(actual) });
  }
}

const cut = (side: string): string => (side.length > MAX_SIDE_LENGTH ? `${side.slice(0, MAX_SIDE_LENGTH)}…` : side);

/** A compiled module in this thread. Calls run one after the other and see no state of earlier calls. */
export class GuestModule {
  readonly #module: WebAssembly.Module;
  readonly #plan: ModulePlan;
  readonly #log: LogLines;
  readonly #functions: ReadonlyMap<string, ClarityFunction>;
  readonly #tally = new AssertionTally();
  #instance: GuestInstance | undefined;

  constructor(module: WebAssembly.Module, plan: ModulePlan, postLog: (lines: readonly string[]) => void) {
    this.#module = module;
    this.#plan = plan;
    this.#log = new LogLines(postLog);
    this.#functions = new Map(plan.document.functions.map((entry) => [entry.name, entry]));
  }

  /** Instantiates the module before the first call. @throws the errors of WebAssembly. */
  instantiate(): void {
    this.#instance ??= new GuestInstance(this.#module, this.#plan, {
      log: (line) => {
        this.#log.add(line);
      },
      assertion: (assertion) => {
        this.#tally.add(assertion);
      },
    });
  }

  /** Frees the memory of the module until its next call. */
  dropInstance(): void {
    this.#instance = undefined;
  }

  /** The assertions of the last call; undefined when the module does not consist of tests. */
  get assertions(): Assertions | undefined {
    return this.#plan.tests ? this.#tally.assertions : undefined;
  }

  call({ name, args, deadlineMs }: Omit<CallOrder, 'id' | 'key'>): GuestCallOutcome {
    this.#log.begin();
    this.#tally.begin();
    let isGood = false;
    try {
      this.instantiate();
      const outcome = this.#run(name, args, deadlineMs);
      isGood = true;
      return outcome;
    } catch (error) {
      isGood = error instanceof ArgumentError;
      return callFailure(error);
    } finally {
      this.#end(isGood);
    }
  }

  #run(name: string, argsText: string, deadlineMs: number): GuestCallOutcome {
    const fn = this.#functions.get(name);
    const instance = this.#instance;
    if (fn === undefined || instance === undefined) throw new ArgumentError('the module has no such function');
    const { state } = instance;
    const { types } = this.#plan.document;
    state.reset(Date.now() + deadlineMs);
    const args = encodeArguments({ fn, types, args: positional(parseArguments(argsText), fn), state });
    const value = instance.call(name, args);
    const { maxResultBytes: maxBytes } = this.#plan.limits;
    const result = decodeResult({ fn, types, value, state, maxBytes });
    return 'json' in result ? { type: 'value', json: result.json } : { type: 'err', json: result.err };
  }

  #end(isGood: boolean): void {
    this.#instance?.state.flushLog();
    this.#log.flush();
    if (!isGood || this.#instance?.restore() !== true) this.#instance = undefined;
  }
}

/** `{"args": […]}` is the older form of positional arguments. A parameter of that name has priority. */
function positional(value: JsonValue, fn: ClarityFunction): JsonValue {
  const older = isJsonObject(value) && value.size === 1 ? value.get('args') : undefined;
  return Array.isArray(older) && fn.params.every(({ name }) => name !== 'args') ? (older as JsonValue) : value;
}
