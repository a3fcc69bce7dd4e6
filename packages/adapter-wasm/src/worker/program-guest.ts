import { createRequire } from 'node:module';
import type { EngineInstance, GuestEngine, GuestProgram } from '@clarity-runtime/core/ports';
import { guardModule } from '../guard/guard-module.ts';
import { invalid, ModuleRefusal } from '../guard/module-refusal.ts';
import { parseArguments } from '../marshalling/encode-arguments.ts';
import { callFailure } from './call-failure.ts';
import { LogLines } from './log-lines.ts';
import type { CallOrder, GuestCallOutcome, GuestLimits, LoadedGuest } from './messages.ts';

const load = createRequire(import.meta.url);

/** Loads the engine of a program, once for each thread. */
const engineAt = (path: string): GuestEngine => (load(path) as { readonly engine: GuestEngine }).engine;

/** Loads a program with its engine. @throws ModuleRefusal. */
export function loadProgram({ engine, data }: GuestProgram, limits: GuestLimits): LoadedGuest {
  const guard = (module: Uint8Array, maxMemoryBytes: number) => {
    const answer = guardModule(module, { maxMemoryBytes, isPart: true });
    if (answer.type === 'refused') throw new ModuleRefusal(answer.code, answer.reason);
    return answer.module;
  };
  try {
    return { type: 'program', engine, program: engineAt(engine).load(data, { ...limits, guard }) };
  } catch (error) {
    if (error instanceof ModuleRefusal) throw error;
    throw invalid(error instanceof Error ? error.message : 'it could not be loaded');
  }
}

/** A program in this thread. Calls run one after the other. */
export class ProgramGuest {
  /** A program has no assertions. */
  readonly assertions = undefined;
  readonly #engine: string;
  readonly #state: unknown;
  readonly #log: LogLines;
  #instance: EngineInstance | undefined;

  constructor(engine: string, state: unknown, postLog: (lines: readonly string[]) => void) {
    this.#engine = engine;
    this.#state = state;
    this.#log = new LogLines(postLog);
  }

  /** Opens the program before its first call. @throws the errors of WebAssembly and of its engine. */
  instantiate(): void {
    this.#instance ??= engineAt(this.#engine).open(this.#state, (line) => {
      this.#log.add(line);
    });
  }

  /** Frees the memory of the program until its next call. */
  dropInstance(): void {
    this.#instance = undefined;
  }

  call({ name, args, deadlineMs }: Omit<CallOrder, 'id' | 'key'>): GuestCallOutcome {
    this.#log.begin();
    try {
      const values = parseArguments(args);
      this.instantiate();
      return this.#instance?.call(name, values, deadlineMs) ?? callFailure(undefined);
    } catch (error) {
      this.#instance = undefined;
      return callFailure(error);
    } finally {
      this.#log.flush();
    }
  }
}
