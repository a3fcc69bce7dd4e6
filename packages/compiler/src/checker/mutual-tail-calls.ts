import type { Report } from '../diagnostics/report.ts';
import { lastCalls } from '../typed/last-expressions.ts';
import type { FunctionSymbol, TypedModule } from '../typed/typed-tree.ts';

/** Warns of functions that call each other in last position: only a function that calls itself there is a loop. */
export function warnOfMutualTailCalls(report: Report, { functions }: TypedModule): void {
  const next = new Map(
    functions.map(({ symbol, body }) => [symbol, [...lastCalls(body)].filter((callee) => callee !== symbol)]),
  );
  const said = new Set<FunctionSymbol>();
  for (const { symbol } of functions) {
    const through = said.has(symbol) ? undefined : wayBack(symbol, next);
    if (through === undefined) continue;
    for (const each of through) said.add(each);
    const names = [symbol, ...through.filter((each) => each !== symbol)].map(({ name }) => `\`${name}\``);
    const message = `${names.join(' and ')} call each other in last position, which is no loop: each call takes stack`;
    const hint = 'for many rounds make them one function that calls itself';
    report.warning({ code: 'MUTUAL_TAIL_CALL', span: symbol.span, message, hint });
  }
}

/** The functions on a shortest way from a function back to itself. */
function wayBack(
  start: FunctionSymbol,
  next: ReadonlyMap<FunctionSymbol, readonly FunctionSymbol[]>,
): readonly FunctionSymbol[] | undefined {
  const from = new Map<FunctionSymbol, FunctionSymbol>();
  const open = [start];
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    for (const callee of next.get(at) ?? []) {
      if (callee === start) return wayTo(at, from);
      if (from.has(callee)) continue;
      from.set(callee, at);
      open.push(callee);
    }
  }
  return undefined;
}

function wayTo(end: FunctionSymbol, from: ReadonlyMap<FunctionSymbol, FunctionSymbol>): readonly FunctionSymbol[] {
  const way: FunctionSymbol[] = [];
  for (let at: FunctionSymbol | undefined = end; at !== undefined; at = from.get(at)) way.unshift(at);
  return way;
}
