import type { FunctionSymbol, Typed } from '../typed/typed-tree.ts';

/** Does a function call itself where nothing happens after the call? */
export function restartsItself(isSelf: (callee: FunctionSymbol) => boolean, body: Typed): boolean {
  const open: Typed[] = [body];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'call' && isSelf(next.callee)) return true;
    open.push(...lastOf(next));
  }
  return false;
}

/** The expressions inside another that are computed last and whose value is its value. */
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
