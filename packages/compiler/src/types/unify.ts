import { actual, argumentsOf, type Type, type TypeVariable } from './type.ts';

/** Far above the types of real programs. Larger types are rejected before they cost time. */
export const MAX_TYPE_SIZE = 200;

const MAX_STEPS = 4 * MAX_TYPE_SIZE;

/** Unifies two types by binding variables. Returns false if they differ; some variables may be bound nevertheless. */
export function unify(left: Type, right: Type): boolean {
  const budget = { steps: MAX_STEPS };
  return unifyWithin(left, right, budget);
}

function unifyWithin(left: Type, right: Type, budget: { steps: number }): boolean {
  const [a, b] = [actual(left), actual(right)];
  if (a === b || a.kind === 'unknown' || b.kind === 'unknown') return true;
  budget.steps -= 1;
  if (budget.steps < 0) return false;
  if (a.kind === 'variable') return bind(a, b);
  if (b.kind === 'variable') return bind(b, a);
  if (a.kind !== b.kind || a.kind === 'record' || a.kind === 'union') return false;
  const [own, others] = [argumentsOf(a), argumentsOf(b)];
  if (own.length !== others.length) return false;
  return own.every((argument, index) => {
    const other = others[index];
    return other !== undefined && unifyWithin(argument, other, budget);
  });
}

function bind(variable: TypeVariable, type: Type): boolean {
  const size = sizeOf(type, variable);
  if (size === 'holds the variable' || size > MAX_TYPE_SIZE) return false;
  variable.bound = type;
  return true;
}

/** Returns the number of type names in a type. Stops shortly above the limit. */
export function sizeOf(type: Type, variable?: TypeVariable): number | 'holds the variable' {
  const open = [type];
  let size = 0;
  for (let next = open.pop(); next !== undefined && size <= MAX_TYPE_SIZE; next = open.pop()) {
    const known = actual(next);
    if (known === variable) return 'holds the variable';
    size += 1;
    open.push(...argumentsOf(known));
  }
  return size;
}

/** Returns true if a type has more parts than the limit. */
export function isTooLarge(type: Type): boolean {
  const size = sizeOf(type);
  return size !== 'holds the variable' && size > MAX_TYPE_SIZE;
}
