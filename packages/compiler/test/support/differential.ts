import { openInThread } from '@clarity-runtime/adapter-wasm';
import { compile, formatDiagnostic } from '@clarity-runtime/compiler';
import { checkModule } from '../../src/checker/checker.ts';
import { Report } from '../../src/diagnostics/report.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { lex } from '../../src/lexer/lexer.ts';
import { parse } from '../../src/parser/parser.ts';
import type { FunctionSymbol, TypedModule } from '../../src/typed/typed-tree.ts';
import { actual, type Type } from '../../src/types/type.ts';
import { inputFor } from './generated-input.ts';
import { generateProgram } from './generated-program.ts';
import { GiveUp, Trap } from './interpreted-operations.ts';
import { jsonOf, type Interpreted } from './interpreted-value.ts';
import { Interpreter } from './interpreter.ts';
import type { Tape } from './tape.ts';

const LIMITS = { maxMemoryBytes: 16 << 20, maxResultBytes: 1 << 20 };

/** One call with the results of the compiled module and of the interpreter. */
export interface Difference {
  readonly call: string;
  readonly compiled: string;
  readonly interpreted: string;
}

export interface Comparison {
  readonly source: string;
  readonly outcomes: readonly ('value' | 'err' | 'trap' | 'given up')[];
  readonly differences: readonly Difference[];
}

function typed(source: string): TypedModule {
  const report = new Report(new SourceText(source, 'generated.clarity'));
  return checkModule(report, parse(report, lex(report)));
}

/** Generates a program from the tape and calls its functions with generated values, compiled and interpreted. */
export function compareOne(tape: Tape, rounds = 3): Comparison {
  return compareSource(generateProgram(tape), tape, rounds);
}

export function compareSource(source: string, tape: Tape, rounds: number): Comparison {
  const compilation = compile({ file: 'generated.clarity', text: source });
  if (!compilation.ok) throw new Error(`${compilation.diagnostics.map(formatDiagnostic).join('\n')}\n${source}`);
  const { wasm, document } = compilation;
  const log: string[] = [];
  const compiled = openInThread({ wasm, document, limits: LIMITS, onLog: (line) => log.push(line) });
  const module = typed(source);
  const outcomes: Comparison['outcomes'][number][] = [];
  const differences: Difference[] = [];
  const callable = module.functions.filter(({ symbol }) => document.functions.some(({ name }) => name === symbol.name));
  for (const { symbol } of callable) {
    for (let round = 0; round < rounds; round += 1) {
      const values = symbol.parameters.map(({ type }) => inputFor(tape, type));
      const interpreted = interpret(module, symbol, values);
      if (interpreted === undefined) {
        outcomes.push('given up');
        continue;
      }
      const args = `[${symbol.parameters.map(({ type }, at) => jsonOf(type, values[at])).join(',')}]`;
      log.splice(0);
      const outcome = compiled.call(symbol.name, args);
      outcomes.push(outcome.type === 'failure' ? 'trap' : outcome.type);
      const said = outcome.type === 'failure' ? '' : outcome.json;
      const kind =
        outcome.type === 'failure'
          ? outcome.code === 'WASM_TRAP'
            ? 'trap'
            : `${outcome.code} ${outcome.message}`
          : outcome.type;
      const seen = `${kind} ${said} ${log.join()}`;
      if (seen !== interpreted) differences.push({ call: `${symbol.name}${args}`, compiled: seen, interpreted });
    }
  }
  return { source, outcomes, differences };
}

/** Returns `value <json> <log>`; undefined if the step limit is reached. */
function interpret(module: TypedModule, symbol: FunctionSymbol, values: readonly Interpreted[]): string | undefined {
  const interpreter = new Interpreter(module);
  const log = (): string => interpreter.log.join();
  try {
    const { kind, json } = outcomeOf(symbol.result, interpreter.call(symbol, values));
    return json.length > 500_000 ? undefined : `${kind} ${json} ${log()}`;
  } catch (error) {
    if (error instanceof Trap) return `trap  ${log()}`;
    if (error instanceof GiveUp) return undefined;
    throw error;
  }
}

function outcomeOf(result: Type, value: Interpreted): { kind: string; json: string } {
  const known = actual(result);
  if (known.kind !== 'Result') return { kind: 'value', json: jsonOf(result, value) };
  const { tag, fields } = value as { tag: number; fields: readonly Interpreted[] };
  return tag === 0
    ? { kind: 'value', json: jsonOf(known.ok, fields[0]) }
    : { kind: 'err', json: jsonOf(known.error, fields[0]) };
}
