import type { Report } from '../diagnostics/report.ts';
import type { FunctionSymbol, TypedModule } from '../typed/typed-tree.ts';
import { encodeModule } from './module-encoder.ts';
import { ModuleBuilder } from './module-builder.ts';

/** What engines take of one function. */
const MOST_LOCALS = 50_000;
const MOST_BYTES = 7_000_000;

/** The module as WebAssembly; undefined when a function is larger than engines take, which is reported. */
export function emitModule(report: Report, module: TypedModule): Uint8Array<ArrayBuffer> | undefined {
  const builder = new ModuleBuilder(module);
  const exported = new Map(exportedFunctions(module).map((symbol) => [symbol.name, builder.own(symbol)]));
  builder.finish();
  for (const { code, symbol } of builder.functions) {
    if (code.localCount <= MOST_LOCALS && code.length <= MOST_BYTES) continue;
    const { name, span } = symbol;
    const message = `\`${name}\` is too large`;
    report.error({ code: 'FUNCTION_TOO_LARGE', span, message, hint: 'split it into several functions' });
  }
  return report.failed ? undefined : encodeModule(builder, exported);
}

/** All functions, or those that are marked `export` when some are. Tests are always callable. */
export function exportedFunctions({ functions }: TypedModule): readonly FunctionSymbol[] {
  const symbols = functions.map(({ symbol }) => symbol);
  if (!symbols.some(({ exported }) => exported)) return symbols;
  return symbols.filter((symbol) => symbol.exported || isTest(symbol));
}

export const isTest = ({ name }: FunctionSymbol): boolean => name.startsWith('test_');
