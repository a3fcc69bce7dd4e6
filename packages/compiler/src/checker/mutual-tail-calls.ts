import type { Report } from '../diagnostics/report.ts';
import { lastCalls } from '../typed/last-expressions.ts';
import type { FunctionSymbol, TypedModule } from '../typed/typed-tree.ts';

/** Warns about functions that call each other in last position. Only a tail call of the function itself is a loop. */
export function warnOfMutualTailCalls(report: Report, { functions }: TypedModule): void {
  const next = new Map(
    functions.map(({ symbol, body }) => [symbol, [...lastCalls(body)].filter((callee) => callee !== symbol)]),
  );
  const reported = new Set<FunctionSymbol>();
  for (const { symbol } of functions) {
    const through = reported.has(symbol) ? undefined : findCycle(symbol, next);
    if (through === undefined) continue;
    for (const each of through) reported.add(each);
    const names = [symbol, ...through.filter((each) => each !== symbol)].map(({ name }) => `\`${name}\``);
    const message = `${names.join(' and ')} call each other in last position, so each call takes stack`;
    const hint = 'merge them into one function that calls itself';
    report.warning({ code: 'MUTUAL_TAIL_CALL', span: symbol.span, message, hint });
  }
}

/** Returns the functions on a shortest cycle through a function; undefined without a cycle. */
function findCycle(
  start: FunctionSymbol,
  next: ReadonlyMap<FunctionSymbol, readonly FunctionSymbol[]>,
): readonly FunctionSymbol[] | undefined {
  const from = new Map<FunctionSymbol, FunctionSymbol>();
  const open = [start];
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    for (const callee of next.get(at) ?? []) {
      if (callee === start) return pathTo(at, from);
      if (from.has(callee)) continue;
      from.set(callee, at);
      open.push(callee);
    }
  }
  return undefined;
}

function pathTo(end: FunctionSymbol, from: ReadonlyMap<FunctionSymbol, FunctionSymbol>): readonly FunctionSymbol[] {
  const way: FunctionSymbol[] = [];
  for (let at: FunctionSymbol | undefined = end; at !== undefined; at = from.get(at)) way.unshift(at);
  return way;
}
