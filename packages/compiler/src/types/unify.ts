import { actual, argumentsOf, type Type, type TypeVariable } from './type.ts';

/** No type of a program that somebody wrote comes near; what does is refused before it costs time. */
export const MAX_TYPE_SIZE = 200;

const MAX_STEPS = 4 * MAX_TYPE_SIZE;

/** Makes two types equal by binding variables. False when that cannot be; some variables may be bound even so. */
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

/** The number of type names in a type, counted no further than a little beyond the largest that is allowed. */
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

/** Has a type more parts than any that somebody wrote? */
export function isTooLarge(type: Type): boolean {
  const size = sizeOf(type);
  return size !== 'holds the variable' && size > MAX_TYPE_SIZE;
}
