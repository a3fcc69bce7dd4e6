import type { Report } from '../diagnostics/report.ts';
import type { FunctionSymbol, TypedModule } from '../typed/typed-tree.ts';
import { encodeModule } from './module-encoder.ts';
import { ModuleBuilder } from './module-builder.ts';

/** Limits of WebAssembly engines for one function. */
const MAX_LOCAL_COUNT = 50_000;
const MAX_CODE_BYTES = 7_000_000;

/** Encodes functions and their callees as WebAssembly. Reports functions above the limits of engines and returns undefined. */
export function emitModule(
  report: Report,
  module: TypedModule,
  functions: readonly FunctionSymbol[],
): Uint8Array<ArrayBuffer> | undefined {
  const builder = new ModuleBuilder(module);
  const exported = new Map(functions.map((symbol) => [symbol.name, builder.own(symbol)]));
  builder.finish();
  for (const { code, symbol } of builder.functions) {
    if (code.localCount <= MAX_LOCAL_COUNT && code.length <= MAX_CODE_BYTES) continue;
    const { name, span } = symbol;
    const message = `\`${name}\` is too large`;
    report.error({ code: 'FUNCTION_TOO_LARGE', span, message, hint: 'split it into several functions' });
  }
  return report.failed ? undefined : encodeModule(builder, exported);
}

/** Returns the functions of a service: those with `export`, or all if none has it; never tests and their helpers. */
export function publicFunctions({ functions }: TypedModule): readonly FunctionSymbol[] {
  const symbols = functions.map(({ symbol }) => symbol).filter((symbol) => !belongsToTests(symbol));
  return symbols.some(({ exported }) => exported) ? symbols.filter(({ exported }) => exported) : symbols;
}

/** Returns the functions with the prefix `test_`. */
export const testFunctions = ({ functions }: TypedModule): readonly FunctionSymbol[] =>
  functions.map(({ symbol }) => symbol).filter(isTest);

const isTest = ({ name }: FunctionSymbol): boolean => name.startsWith('test_');

/** Callers of assertions declare the effect Test too, so only tests call such a function. */
const belongsToTests = (symbol: FunctionSymbol): boolean => isTest(symbol) || symbol.effects.has('Test');
