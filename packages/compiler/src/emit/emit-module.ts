import type { Report } from '../diagnostics/report.ts';
import type { FunctionSymbol, TypedModule } from '../typed/typed-tree.ts';
import { encodeModule } from './module-encoder.ts';
import { ModuleBuilder } from './module-builder.ts';

/** What engines take of one function. */
const MAX_LOCALS = 50_000;
const MAX_BYTES = 7_000_000;

/** The module as WebAssembly, with these functions and what they reach; undefined when a function is larger than engines take, which is reported. */
export function emitModule(
  report: Report,
  module: TypedModule,
  functions: readonly FunctionSymbol[],
): Uint8Array<ArrayBuffer> | undefined {
  const builder = new ModuleBuilder(module);
  const exported = new Map(functions.map((symbol) => [symbol.name, builder.own(symbol)]));
  builder.finish();
  for (const { code, symbol } of builder.functions) {
    if (code.localCount <= MAX_LOCALS && code.length <= MAX_BYTES) continue;
    const { name, span } = symbol;
    const message = `\`${name}\` is too large`;
    report.error({ code: 'FUNCTION_TOO_LARGE', span, message, hint: 'split it into several functions' });
  }
  return report.failed ? undefined : encodeModule(builder, exported);
}

/** What a service offers: all functions, or those that are marked `export` when some are; never what belongs to tests. */
export function offeredFunctions({ functions }: TypedModule): readonly FunctionSymbol[] {
  const symbols = functions.map(({ symbol }) => symbol).filter((symbol) => !belongsToTests(symbol));
  return symbols.some(({ exported }) => exported) ? symbols.filter(({ exported }) => exported) : symbols;
}

export const testFunctions = ({ functions }: TypedModule): readonly FunctionSymbol[] =>
  functions.map(({ symbol }) => symbol).filter(isTest);

const isTest = ({ name }: FunctionSymbol): boolean => name.startsWith('test_');

/** Whoever calls what asserts declares the effect, too: outside of tests nothing reaches such a function. */
const belongsToTests = (symbol: FunctionSymbol): boolean => isTest(symbol) || symbol.effects.has('Test');
