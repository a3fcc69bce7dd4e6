import type { Operation } from '../../src/typed/typed-tree.ts';
import type { Interpreted } from './interpreted-value.ts';

/** The program traps, for example a division by zero or a read out of range. */
export class Trap extends Error {}

/** The program exceeds the step limit of the interpreter. */
export class GiveUp extends Error {}

const LARGEST = 20_000;

/** Returns a text as UTF-8 can represent it: a lone surrogate becomes U+FFFD. */
export function text(value: string): string {
  if (value.length > LARGEST) throw new GiveUp();
  return value.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
}

export function items(value: readonly Interpreted[]): readonly Interpreted[] {
  if (value.length > LARGEST) throw new GiveUp();
  return value;
}

const LEAST = -(2n ** 63n);
const wrapped = (value: bigint): bigint => BigInt.asIntN(64, value);

function divide(left: bigint, right: bigint): bigint {
  if (right === 0n || (left === LEAST && right === -1n)) throw new Trap('division');
  return left / right;
}

function remainder(left: bigint, right: bigint): bigint {
  if (right === 0n) throw new Trap('division');
  return left % right;
}

const INTS: Readonly<Record<string, (left: bigint, right: bigint) => Interpreted>> = {
  add: (left, right) => wrapped(left + right),
  subtract: (left, right) => wrapped(left - right),
  multiply: (left, right) => wrapped(left * right),
  divide,
  remainder,
};
const FLOATS: Readonly<Record<string, (left: number, right: number) => Interpreted>> = {
  add: (left, right) => left + right,
  subtract: (left, right) => left - right,
  multiply: (left, right) => left * right,
  divide: (left, right) => left / right,
  remainder: (left, right) => left % right,
};

/** Computes an operation such as `add-int`. */
export function operate(operation: Operation, left: Interpreted, right: Interpreted): Interpreted {
  if (operation === 'concat') return text((left as string) + (right as string));
  const name = operation.replace(/-\w+$/, '');
  const [a, b] = [left as bigint, right as bigint];
  switch (name) {
    case 'equal':
      return a === b;
    case 'different':
      return a !== b;
    case 'less':
      return a < b;
    case 'greater':
      return a > b;
    case 'at-most':
      return a <= b;
    case 'at-least':
      return a >= b;
    default:
      return typeof left === 'number' ? FLOATS[name]?.(left, right as number) : INTS[name]?.(a, b);
  }
}
