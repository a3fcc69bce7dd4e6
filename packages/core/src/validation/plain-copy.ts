import { ClarityError } from '../domain/errors/clarity-error.ts';
import { childPath, displayed } from './field-path.ts';

const MAX_DEPTH = 12;
const MAX_VALUES = 10_000;
const FORBIDDEN_MEMBERS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * A frozen copy that JSON can express: members that are undefined are left out as JSON does, everything else that is no
 * plain data is refused. What the caller does to its own object afterwards changes nothing here.
 */
export function plainCopy(input: unknown): unknown {
  let values = 0;

  function copy(value: unknown, path: string, depth: number): unknown {
    values += 1;
    if (values > MAX_VALUES) throw new ClarityError('MANIFEST_INVALID', 'it has more values than a manifest can have');
    if (depth > MAX_DEPTH) throw refusal(path, 'is nested too deeply');
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') {
      if (Number.isFinite(value)) return value;
      throw refusal(path, 'must be a finite number');
    }
    if (Array.isArray(value)) {
      const { length } = value;
      return Object.freeze(Array.from({ length }, (_, i) => copy(value[i], childPath(path, i), depth + 1)));
    }
    if (typeof value === 'object' && isPlain(value)) return copyMembers(value, path, depth);
    throw refusal(path, 'must be plain data');
  }

  function copyMembers(value: object, path: string, depth: number): unknown {
    const result: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(value)) {
      const field = childPath(path, name);
      if (FORBIDDEN_MEMBERS.has(name)) throw unknownField(field);
      if (member !== undefined) result[name] = copy(member, field, depth + 1);
    }
    return Object.freeze(result);
  }

  return copy(input, '', 0);
}

/** A name that no schema knows, refused before anything is looked up by it. */
const unknownField = (path: string): ClarityError =>
  new ClarityError('MANIFEST_INVALID', `unknown field '${displayed(path)}'`, {
    field: displayed(path),
    hint: 'remove it',
  });

function refusal(path: string, problem: string): ClarityError {
  if (path === '') return new ClarityError('MANIFEST_INVALID', 'expected object');
  const field = displayed(path);
  return new ClarityError('MANIFEST_INVALID', `${field} ${problem}`, { field });
}

/** By shape, for objects of another realm have another `Object.prototype`. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
