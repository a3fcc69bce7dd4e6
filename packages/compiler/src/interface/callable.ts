import type { FunctionSymbol } from '../typed/typed-tree.ts';
import { actual, argumentsOf, type Type } from '../types/type.ts';

/** Returns true if clients can call a function: no parameter or result contains a function type. */
export const isCallable = ({ parameters, result }: FunctionSymbol): boolean =>
  ![...parameters.map(({ type }) => type), result].some(containsFunction);

function containsFunction(type: Type): boolean {
  const seen = new Set<Type>();
  const open = [type];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const known = actual(next);
    if (known.kind === 'function') return true;
    if (seen.has(known)) continue;
    seen.add(known);
    open.push(...argumentsOf(known));
    if (known.kind === 'record') open.push(...known.fields.map((field) => field.type));
    if (known.kind === 'union') open.push(...known.variants.flatMap(({ fields }) => fields.map((field) => field.type)));
  }
  return false;
}
