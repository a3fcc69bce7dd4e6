import { lastCalls } from '../typed/last-expressions.ts';
import type { FunctionSymbol, Typed } from '../typed/typed-tree.ts';

/** Does a function call itself where nothing happens after the call? */
export function restartsItself(isSelf: (callee: FunctionSymbol) => boolean, body: Typed): boolean {
  for (const callee of lastCalls(body)) if (isSelf(callee)) return true;
  return false;
}
