import type { FunctionSymbol, Typed } from './typed-tree.ts';

/** Yields the callee of every tail call of a body. */
export function* lastCalls(body: Typed): Iterable<FunctionSymbol> {
  const open: Typed[] = [body];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'call') yield next.callee;
    open.push(...lastOf(next));
  }
}

/** Returns the direct subexpressions in tail position. */
function lastOf(expression: Typed): readonly Typed[] {
  switch (expression.kind) {
    case 'block':
      return expression.result === undefined ? [] : [expression.result];
    case 'match':
      return expression.arms.map(({ body }) => body);
    case 'chain': {
      const last = expression.rest.at(-1);
      return last?.operation === 'and' || last?.operation === 'or' ? [last.operand] : [];
    }
    default:
      return [];
  }
}
